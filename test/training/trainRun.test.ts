import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricIds, type MetricId } from '../../protocol/metrics.ts'
import { ClassesDetail, DifficultyDetail, HardestDetail } from '../../protocol/details.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { plantFork } from '../../server/training/fork.ts'
import type { Tracker } from '../../server/training/tracker.ts'
import { trainRun, type Outcome } from '../../server/training/trainRun.ts'
import * as v from 'valibot'
import { temporaryFolder } from '../store/helpers.ts'
import { MemoryTracker } from './memoryTracker.ts'
import { smallSpec, writeSmallDataset } from './smallDataset.ts'

async function train(spec: RunSpec, tracker: Tracker, folder = temporaryFolder()): Promise<Outcome> {
  return trainRun(spec, { tracker, folder: join(folder, 'run'), workspace: folder })
}

describe('a run', () => {
  it('records every metric at every step, evaluates each epoch and the untrained network, and learns', async () => {
    const tracker = new MemoryTracker()
    const outcome = await train(smallSpec(temporaryFolder()), tracker)
    expect(outcome.kind).toBe('done')
    for (const metric of metricIds) {
      const steps = [...(tracker.curves.get(metric)?.keys() ?? [])].toSorted((a, b) => a - b)
      // The memory is looked at every few seconds.
      if (metric === 'memory') continue
      const wanted = metric.startsWith('test/') ? [0, 12, 24, 36] : Array.from({ length: 36 }, (_, i) => i + 1)
      expect(steps, metric).toEqual(wanted)
    }
    const easy = tracker.curves.get('easy')
    const shares = ['easy', 'semiHard', 'hard'].map(metric => tracker.curves.get(metric)?.get(7) ?? NaN)
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1)
    expect(easy?.get(36)).toBeGreaterThan(easy?.get(1) ?? 1)
    expect(tracker.kinds).toEqual(['started', 'evaluated', 'evaluated', 'evaluated'])
    expect(tracker.progressed).toMatchObject({
      steps: 36,
      engine: 'tfjs-wasm',
      environment: { dataset: { images: 96, classes: 8, train: 48, test: 48 } },
    })
  })

  it('measures the difficulty of one batch in eight where a run is long, and its loss at every step', async () => {
    const tracker = new MemoryTracker()
    await train({ ...smallSpec(temporaryFolder()), stepsPerEpoch: 210 }, tracker)
    const stepsOf = (metric: MetricId) => [...(tracker.curves.get(metric)?.keys() ?? [])].toSorted((a, b) => a - b)
    const all = Array.from({ length: 630 }, (_, i) => i + 1)
    expect(stepsOf('loss')).toEqual(all)
    for (const metric of ['activeFraction', 'hard', 'dApP10', 'embeddingVariance'] as const) {
      const measured = stepsOf(metric)
      // The others are those of which histograms are kept.
      expect(measured.filter(step => step <= 500 || step % 8 === 0)).toEqual(
        all.filter(step => step <= 500 || step % 8 === 0),
      )
      expect(measured.length).toBeLessThan(570)
    }
  })

  it('keeps histograms and the hardest triplets of each epoch, as pictures of the training side', async () => {
    const tracker = new MemoryTracker()
    await train(smallSpec(temporaryFolder()), tracker)
    const histograms = tracker.details.filter(detail => detail.kind === 'difficulty')
    expect(histograms.length).toBe(36)
    const first = v.parse(DifficultyDetail, histograms[0]?.value)
    expect(first.ap.counts.reduce((a, b) => a + b)).toBe(4 * 3)
    const hardest = tracker.details.filter(detail => detail.kind === 'hardest')
    expect(hardest.map(detail => detail.step)).toEqual([12, 24, 36])
    const { triplets } = v.parse(HardestDetail, hardest[0]?.value)
    expect(triplets.length).toBeGreaterThan(10)
    for (const { anchor, positive, negative, step } of triplets) {
      expect(anchor % 8).toBe(positive % 8)
      expect(anchor % 8).not.toBe(negative % 8)
      expect(step).toBeLessThanOrEqual(12)
    }
    expect(triplets.every(({ ap, an }, i) => i === 0 || ap - an <= triplets[i - 1].ap - triplets[i - 1].an)).toBe(true)
  })

  it('keeps the scores of each held-out class, which average to those of all', async () => {
    const tracker = new MemoryTracker()
    await train(smallSpec(temporaryFolder()), tracker)
    const kept = tracker.details.filter(detail => detail.kind === 'classes')
    expect(kept.map(detail => detail.step)).toEqual([0, 12, 24, 36])
    const { epoch, classes } = v.parse(ClassesDetail, kept.at(-1)?.value)
    expect(epoch).toBe(3)
    expect(classes.map(({ name, queries }) => `${name}: ${queries}`).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, i) => `${i}: 6`),
    )
    for (const [score, metric] of [
      ['recallAt1', 'test/recallAt1'],
      ['rPrecision', 'test/rPrecision'],
      ['mapAtR', 'test/mapAtR'],
    ] as const) {
      const mean = classes.reduce((sum, one) => sum + one[score], 0) / classes.length
      expect(mean).toBeCloseTo(tracker.curves.get(metric)?.get(36) ?? NaN, 9)
    }
    expect(classes.map(one => one.mapAtR)).toEqual(classes.map(one => one.mapAtR).toSorted((a, b) => a - b))
  })

  it('says how well clusters of the held-out pictures agree with their classes, better as it learns', async () => {
    const tracker = new MemoryTracker()
    await train(smallSpec(temporaryFolder()), tracker)
    for (const metric of ['test/nmi', 'test/ami']) {
      const curve = tracker.curves.get(metric)
      expect(curve?.get(36), metric).toBeGreaterThan(curve?.get(0) ?? 1)
      expect(curve?.get(36), metric).toBeLessThanOrEqual(1)
    }
    const threshold = tracker.curves.get('test/farThreshold')?.get(36) ?? NaN
    // Nothing is accepted where the nearest of all pairs is one of different classes.
    expect(threshold > 0).toBe((tracker.curves.get('test/tarAtFar')?.get(36) ?? NaN) > 0)
    expect(threshold).toBeLessThan(4)
  })

  it('gives the same curve bit for bit when it is repeated, and another one with another seed', async () => {
    const dir = temporaryFolder()
    const [first, second, other] = [new MemoryTracker(), new MemoryTracker(), new MemoryTracker()]
    await train(smallSpec(dir), first)
    await train(smallSpec(dir), second)
    await train(smallSpec(dir, { seed: 2 }), other)
    expect(second.repeatable).toEqual(first.repeatable)
    expect(other.repeatable).not.toEqual(first.repeatable)
  })

  it('warns of test pictures that are also in training, and of pictures that were left out', async () => {
    const dir = temporaryFolder()
    // Without noise every picture of a class is the same.
    const same = writeSmallDataset(temporaryFolder(), 12, 0)
    const leaky = new MemoryTracker()
    await train(smallSpec(dir, { dataset: { kind: 'idx', ...same } }), leaky)
    const warnings = leaky.events.filter(event => event.kind === 'warning').map(event => event.message)
    expect(warnings.some(message => message.startsWith('Test pictures that are also in training: 48.'))).toBe(true)

    const path = join(import.meta.dirname, '../fixtures/datasets/pictures')
    const broken = new MemoryTracker()
    const batch = { classes: 2, samplesPerClass: 2 }
    const split = { by: 'example', test: 0, seed: 0 } as const
    await train(
      smallSpec(dir, { dataset: { kind: 'folder', path }, split, batch, epochs: 1, stepsPerEpoch: 2 }),
      broken,
    )
    expect(broken.events.find(event => event.message.includes('left out'))?.message).toMatch(
      /^2 left out, 9 used\. blue\/4-broken\.png: it cannot be decoded/,
    )
  })

  it.each([1, 5, 10, 11, 12, 13, 24, 30, 35])(
    'stopped at step %i and resumed gives the undisturbed curve',
    async at => {
      const dir = temporaryFolder()
      const curriculum = [
        { fromEpoch: 2, mining: { strategy: 'distance-weighted' as const, cutoff: 0.5, nonzeroLossCutoff: 1.4 } },
      ]
      const spec = smallSpec(dir, {
        curriculum,
        schedule: { kind: 'plateau', warmupSteps: 3, patience: 1, factor: 0.5 },
        augment: {
          flip: true,
          shift: 1,
          rotate: 10,
          zoom: 0.1,
          color: 0.2,
          grayscale: 0,
          erase: 0.2,
          mirrorClasses: 0.5,
          turnClasses: 0.2,
          recolorClasses: 0.2,
          stretchClasses: 0.2,
          warpClasses: 1,
          joinClasses: 0.2,
        },
      })
      const undisturbed = new MemoryTracker()
      await train(spec, undisturbed)
      const folder = temporaryFolder()
      let stopped = false
      const tracker = new MemoryTracker(step => {
        if (step !== at || stopped) return 'run'
        return 'stop'
      })
      expect(await train(spec, tracker, folder)).toEqual({ kind: 'stopped' })
      expect(tracker.step).toBe(at)
      stopped = true
      expect((await train(spec, tracker, folder)).kind).toBe('done')
      expect(tracker.kinds.filter(kind => kind === 'resumed')).toHaveLength(1)
      expect(tracker.repeatable).toEqual(undisturbed.repeatable)
    },
  )

  it('pauses where it is and goes on', async () => {
    let asked = 0
    const tracker = new MemoryTracker(step => (step === 4 && asked++ < 3 ? 'pause' : 'run'))
    expect((await train(smallSpec(temporaryFolder()), tracker)).kind).toBe('done')
    expect(tracker.statuses).toEqual(['paused', 'running'])
    expect(tracker.kinds.slice(0, 3)).toEqual(['started', 'paused', 'resumed'])
  })

  it('fails, after the points it has, when a checkpoint cannot be written', async () => {
    const folder = temporaryFolder()
    // A folder where the file would be.
    mkdirSync(join(folder, 'run', 'last.checkpoint.writing'), { recursive: true })
    const tracker = new MemoryTracker()
    await expect(train(smallSpec(folder), tracker, folder)).rejects.toThrow('EISDIR')
    expect(tracker.step).toBeGreaterThan(0)
  })

  it('goes on for more epochs', async () => {
    const dir = temporaryFolder()
    const folder = temporaryFolder()
    const whole = new MemoryTracker()
    await train(smallSpec(dir, { epochs: 4 }), whole)
    const inParts = new MemoryTracker()
    await train(smallSpec(dir, { epochs: 2 }), inParts, folder)
    await train(smallSpec(dir, { epochs: 4 }), inParts, folder)
    expect(inParts.curves.get('loss')).toEqual(whole.curves.get('loss'))
    expect(inParts.curves.get('test/mapAtR')).toEqual(whole.curves.get('test/mapAtR'))
  })

  describe('that is forked', () => {
    /** A run of three epochs in a folder of its own, and where it stands then. */
    async function parent(changes: Partial<RunSpec> = {}) {
      const spec = smallSpec(temporaryFolder(), changes)
      const folder = temporaryFolder()
      const tracker = new MemoryTracker()
      await train(spec, tracker, folder)
      return { spec, folder: join(folder, 'run'), tracker }
    }
    function forkOf(from: { readonly folder: string; readonly spec: RunSpec }, point: 'last' | 'best' = 'last') {
      const folder = temporaryFolder()
      plantFork(join(folder, 'run'), { folder: from.folder, point }, { runId: 7, spec: from.spec })
      return folder
    }

    it('without changes but more epochs gives the curve of a run that was longer from the start', async () => {
      const dir = temporaryFolder()
      const folder = temporaryFolder()
      const stopped = new MemoryTracker(step => (step === 17 ? 'stop' : 'run'))
      const spec = smallSpec(dir)
      await train(spec, stopped, folder)
      const longer = new MemoryTracker()
      await train({ ...spec, epochs: 5 }, longer)
      const forked = new MemoryTracker()
      const outcome = await train({ ...spec, epochs: 5 }, forked, forkOf({ folder: join(folder, 'run'), spec }))
      expect(outcome.kind).toBe('done')
      expect(forked.events[1].message).toMatch(/Forked from run 7: goes on from step 17 of 60/)
      for (const metric of ['loss', 'hard', 'test/mapAtR'] as const) {
        const [own, whole] = [forked.curves.get(metric) ?? new Map<number, number>(), longer.curves.get(metric)]
        expect(own.size).toBeGreaterThan(0)
        for (const [step, value] of own) {
          expect(step).toBeGreaterThan(17)
          expect(whole?.get(step)).toBe(value)
        }
      }
    })

    it('goes on from the trained network with another miner, margin, rate, schedule and augmentation', async () => {
      const from = await parent()
      const fork = new MemoryTracker()
      const spec: RunSpec = {
        ...from.spec,
        epochs: 5,
        mining: { strategy: 'batch-all' },
        loss: { ...from.spec.loss, margin: 0.5 },
        schedule: { kind: 'plateau', warmupSteps: 0, patience: 1, factor: 0.5 },
        augment: { ...from.spec.augment, shift: 1 },
      }
      expect((await train(spec, fork, forkOf(from))).kind).toBe('done')
      expect(Math.min(...(fork.curves.get('loss')?.keys() ?? []))).toBe(37)
      expect(fork.curves.get('margin')?.get(37)).toBe(0.5)
      expect(fork.curves.get('minedTriplets')?.get(37)).toBe(12 * 2 * 9)
      // Not from new weights: what the parent had reached is still there.
      const [before, after] = [from.tracker.curves.get('test/mapAtR'), fork.curves.get('test/mapAtR')]
      expect(after?.get(48)).toBeGreaterThan(((before?.get(0) ?? 1) + (before?.get(36) ?? 1)) / 2)
    })

    it('counts its epochs in its own steps where the batches are others, and may change the optimizer', async () => {
      const from = await parent()
      const fork = new MemoryTracker()
      const spec: RunSpec = {
        ...from.spec,
        epochs: 5,
        batch: { classes: 3, samplesPerClass: 2 },
        stepsPerEpoch: 5,
        optimizer: { name: 'sgd', learningRate: 1e-3, momentum: 0.9, weightDecay: 0 },
      }
      expect((await train(spec, fork, forkOf(from))).kind).toBe('done')
      expect([...(fork.curves.get('loss')?.keys() ?? [])]).toEqual(Array.from({ length: 10 }, (_, i) => 16 + i))
      expect([...(fork.curves.get('test/mapAtR')?.keys() ?? [])]).toEqual([20, 25])
    })

    it('is resumed from its own checkpoint, not from where it was forked', async () => {
      const from = await parent()
      const folder = forkOf(from)
      const spec = { ...from.spec, epochs: 5 }
      const once = new MemoryTracker()
      await train(spec, once, forkOf(from))
      let stopped = false
      const parts = new MemoryTracker(step => (step === 45 && !stopped ? 'stop' : 'run'))
      expect((await train(spec, parts, folder)).kind).toBe('stopped')
      stopped = true
      expect((await train(spec, parts, folder)).kind).toBe('done')
      expect(parts.repeatable).toEqual(once.repeatable)
    })

    it('says what is wrong: another network, no epoch left, a damaged checkpoint', async () => {
      const from = await parent()
      const model: RunSpec['model'] = { architecture: 'mlp', embeddingSize: 16, hidden: [16], dropout: 0 }
      await expect(train({ ...from.spec, epochs: 5, model }, new MemoryTracker(), forkOf(from))).rejects.toThrow(
        /The network differs .* everything but "model"/,
      )
      await expect(train(from.spec, new MemoryTracker(), forkOf(from))).rejects.toThrow(/nothing is left to train/)
      const damaged = forkOf(from)
      writeFileSync(join(damaged, 'run', 'fork.checkpoint'), 'nothing')
      await expect(train({ ...from.spec, epochs: 5 }, new MemoryTracker(), damaged)).rejects.toThrow(
        /Fork the run again/,
      )
    })
  })

  it('says that it diverged, keeps the last good checkpoint, and what to try', async () => {
    const spec = smallSpec(temporaryFolder(), {
      optimizer: { name: 'sgd', learningRate: 1e30, momentum: 0, weightDecay: 0 },
    })
    const tracker = new MemoryTracker()
    const outcome = await train({ ...spec, loss: { ...spec.loss, normalize: false } }, tracker)
    expect(outcome.kind).toBe('diverged')
    expect(outcome.kind === 'diverged' && outcome.message).toMatch(/learningRate.*normalize/)
    expect(tracker.kinds).toContain('diverged')
  })

  it('says within fifty steps that it has collapsed, in its line and on the curve, and what to try', async () => {
    const spec = smallSpec(temporaryFolder(), { epochs: 8, mining: { strategy: 'batch-hard' } })
    // Nothing to tell pictures apart by: a rate so high that the network dies at once.
    const tracker = new MemoryTracker()
    await train(
      {
        ...spec,
        loss: { ...spec.loss, normalize: false },
        optimizer: { name: 'sgd', learningRate: 1e-9, momentum: 0, weightDecay: 1e9 * 0.999 },
      },
      tracker,
    )
    const collapsed = tracker.events.find(event => event.kind === 'collapsed')
    expect(collapsed?.step).toBeLessThan(60)
    expect(collapsed?.message).toMatch(/Collapsed at step \d+: all embeddings are the same point.*semi-hard/)
    expect(tracker.statuses).toContain('running')
  })

  it('changes miner and margin with the curriculum, and says so on the curve', async () => {
    const tracker = new MemoryTracker()
    const curriculum = [{ fromEpoch: 2, mining: { strategy: 'batch-all' as const }, margin: 0.5 }]
    await train(smallSpec(temporaryFolder(), { curriculum }), tracker)
    expect(tracker.events.filter(event => event.kind === 'miner' || event.kind === 'margin')).toMatchObject([
      { step: 12, kind: 'miner' },
      { step: 12, kind: 'margin' },
    ])
    expect(tracker.curves.get('margin')?.get(12)).toBe(0.2)
    expect(tracker.curves.get('margin')?.get(13)).toBe(0.5)
    expect(tracker.curves.get('minedTriplets')?.get(13)).toBe(12 * 2 * 9)
  })

  it('learns from triplets of a file, resumes them, and refuses to go on with others', async () => {
    const dir = temporaryFolder()
    const file = join(dir, 'triplets.csv')
    // Pictures 0 to 95 of classes 0 to 7 in turn; half of each class is held out, so that many lines are left out.
    const lines = Array.from({ length: 600 }, (_, i) => {
      const anchor = (7 * i) % 96
      return [anchor, (anchor + 8 * (1 + (i % 11))) % 96, (anchor + 1 + (i % 7)) % 96]
    })
    const written = lines.map(line => line.map(picture => `images.idx #${picture}`).join(',')).join('\n')
    writeFileSync(file, written)
    const spec = smallSpec(dir, { mining: { strategy: 'offline', file, triplets: 10 }, stepsPerEpoch: null, epochs: 6 })
    const whole = new MemoryTracker()
    expect((await train(spec, whole)).kind).toBe('done')
    const map = whole.curves.get('test/mapAtR')
    const steps = [...(map?.keys() ?? [])]
    expect(map?.get(Math.max(...steps))).toBeGreaterThan(map?.get(0) ?? 1)
    expect(new Set(whole.curves.get('minedTriplets')?.values())).toEqual(new Set([10]))
    const warned = whole.events.find(event => event.message.startsWith('Triplets left out'))
    const [, left, used] = /left out: (\d+), used: (\d+)\. line \d+: .*held out/.exec(warned?.message ?? '') ?? []
    expect(Number(left) + Number(used)).toBe(600)
    expect(whole.progressed.steps).toBe(6 * Math.round(Number(used) / 10))

    const folder = temporaryFolder()
    let stopped = false
    const parts = new MemoryTracker(step => (step === 9 && !stopped ? 'stop' : 'run'))
    await train(spec, parts, folder)
    stopped = true
    await train(spec, parts, folder)
    expect(parts.repeatable).toEqual(whole.repeatable)

    const changed = new MemoryTracker(step => (step === 9 ? 'stop' : 'run'))
    const elsewhere = temporaryFolder()
    await train(spec, changed, elsewhere)
    writeFileSync(file, written.split('\n').toReversed().join('\n'))
    await expect(train(spec, new MemoryTracker(), elsewhere)).rejects.toThrow(/pictures or triplets have changed/)
  })

  it('stops early when the evaluation gets no better', async () => {
    const spec = smallSpec(temporaryFolder(), {
      epochs: 50,
      evaluation: { everyEpochs: 1, patience: 2, gallery: 'test' },
      optimizer: { name: 'sgd', learningRate: 1e-12, momentum: 0, weightDecay: 0 },
    })
    const tracker = new MemoryTracker()
    const outcome = await train(spec, tracker)
    expect(outcome).toMatchObject({ kind: 'done', message: expect.stringContaining('Stopped early') as string })
    expect(tracker.step).toBe(36)
  })

  it('refuses to go on with other pictures', async () => {
    const dir = temporaryFolder()
    const folder = temporaryFolder()
    const spec = smallSpec(dir)
    await train(spec, new MemoryTracker(step => (step === 5 ? 'stop' : 'run')), folder)
    writeSmallDataset(dir, 12, 0.3)
    await expect(train(spec, new MemoryTracker(), folder)).rejects.toThrow('The pictures or triplets have changed')
  })
})
