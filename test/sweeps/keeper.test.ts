import { describe, expect, it } from 'vitest'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { validateExperiment } from '../../server/experiment/validate.ts'
import { context as languageContext } from '../language/helpers.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { LocalQueue, needsTrainingServer, requestWish } from '../../server/queues/local.ts'
import { queueExperiment } from '../../server/queueExperiment.ts'
import type { Store } from '../../server/store/store.ts'
import { SweepKeeper } from '../../server/sweeps/keeper.ts'
import { nextRuns } from '../../server/sweeps/suggestRuns.ts'
import { requestSweepWish } from '../../server/sweeps/wish.ts'
import { runsAtOnce } from '../queues/machine.ts'
import { opened, points, temporaryFolder } from '../store/helpers.ts'

const epochs = 9
const stepsPerEpoch = 10

/** A laboratory whose trainers live as long as their runs do, and report what `score` says after each epoch. */
class Lab {
  readonly store: Store = opened(temporaryFolder())
  #queue = this.#newQueue()
  readonly score: (margin: number, rate: number, epoch: number) => number

  constructor(score: Lab['score']) {
    this.score = score
  }

  start(axes: object, sweep: object): number {
    const text = JSON.stringify({ dataset: { name: 'emoji' }, epochs, ...axes, sweep })
    const resolution = resolveExperiment(parseExperiment(text).tree, { folder: '/' })
    if (resolution.kind === 'refused') throw new Error(resolution.problems.map(one => one.message).join())
    const ids = queueExperiment(this.store, 'a.triplet.json', resolution)
    return this.store.run(ids[0])?.sweepId ?? 0
  }

  #newQueue(): LocalQueue {
    const trainers = {
      start: () => undefined,
      isAlive: (id: number) => this.store.run(id)?.status === 'running',
      logOf: String,
    }
    return new LocalQueue(this.store, trainers, runsAtOnce(1), new SweepKeeper(this.store))
  }

  /** The training server is killed; the next one starts. */
  restart(): void {
    this.#queue = this.#newQueue()
  }

  tick(): boolean {
    return this.#queue.tick()
  }

  /** One look of the training server, one epoch of whatever runs. @returns whether there is more to do */
  step(end: 'done' | 'failed' = 'done'): boolean {
    const more = this.#queue.tick()
    for (const run of this.store.runs({ statuses: ['running'] })) {
      if (run.wish === 'stop') {
        this.store.setStatus(run.id, 'stopped', 'Stopped.')
        continue
      }
      if (end === 'failed') {
        this.store.setStatus(run.id, 'failed', 'No such folder.')
        continue
      }
      const epoch = run.epoch + 1
      const value = this.score(run.spec.loss.margin, run.spec.optimizer.learningRate, epoch)
      this.store.appendPoints(run.id, [points('test/mapAtR', [value], epoch * stepsPerEpoch)])
      this.store.setProgress(run.id, { epoch, step: epoch * stepsPerEpoch, steps: run.epochs * stepsPerEpoch })
      if (epoch === run.epochs) this.store.setStatus(run.id, 'done')
    }
    return more
  }

  finish(most = 2000): void {
    for (let i = 0; this.step(); i++) if (i > most) throw new Error('the sweep does not end')
  }

  runs(sweepId: number) {
    return this.store.runs({ sweepId }).toReversed()
  }
}

const margins = (count: number) => ({
  loss: { margin: { values: Array.from({ length: count }, (_, i) => (i + 1) / 10) } },
})
const rate = { optimizer: { learningRate: { min: 1e-5, max: 1e-1, distribution: 'log_uniform_values' } } }

describe('a sweep', () => {
  it('runs every combination once, and ends', () => {
    const lab = new Lab(margin => margin)
    const id = lab.start(margins(5), { method: 'grid', repeats: 2 })
    lab.finish()
    expect(lab.store.sweep(id)?.status).toBe('done')
    expect(lab.runs(id).map(run => [run.spec.loss.margin, run.spec.seed, run.status])).toEqual(
      [0.1, 0.2, 0.3, 0.4, 0.5].flatMap(margin => [1, 2].map(seed => [margin, seed, 'done'])),
    )
    expect(needsTrainingServer(lab.store)).toBe(false)
  })

  it('by bayes suggests as slots become free, the same runs again for the same seed, across restarts', () => {
    const score = (_: number, learningRate: number) => -((Math.log10(learningRate) + 3) ** 2)
    const once = (restarts: boolean) => {
      const lab = new Lab(score)
      const id = lab.start(rate, { method: 'bayes', runCap: 25, seed: 4 })
      expect(lab.runs(id)).toHaveLength(10)
      for (let i = 0; lab.step(); i++) if (restarts && i % 7 === 0) lab.restart()
      expect(lab.store.sweep(id)?.status).toBe('done')
      return lab.runs(id).map(run => run.spec.optimizer.learningRate)
    }
    const rates = once(false)
    expect(rates).toHaveLength(25)
    expect(new Set(rates).size).toBe(25)
    expect(once(true)).toEqual(rates)
    const away = (one: number) => Math.abs(Math.log10(one) + 3)
    const mean = (some: number[]) => some.map(away).reduce((a, b) => a + b, 0) / some.length
    expect(mean(rates.slice(10))).toBeLessThan(0.6 * mean(rates.slice(0, 10)))
  }, 120_000)

  it('by asha trains the best to the end, and others only as far as they are worth it', () => {
    const lab = new Lab((margin, _, epoch) => ((Math.round(margin * 10) * 4) % 9) + epoch / 1000)
    const id = lab.start(margins(9), { earlyTerminate: { type: 'asha', eta: 3 } })
    lab.finish()
    const runs = lab.runs(id)
    expect(lab.store.sweep(id)?.status).toBe('done')
    expect(runs[1]).toMatchObject({ status: 'done', epoch: epochs })
    expect(runs.filter(run => run.status === 'done').length).toBeLessThan(4)
    const stopped = runs.filter(run => run.status === 'stopped')
    expect(stopped.length).toBeGreaterThan(4)
    for (const run of stopped) expect(run.message).toContain('Stopped by the sweep')
    const trained = runs.reduce((sum, run) => sum + run.epoch, 0)
    expect(trained).toBeLessThan(0.6 * 9 * epochs)
  })

  it('by asha sees which run will win late, or goes by the values so far, as the file says', () => {
    const late = (rank: 'forecast' | 'best') => {
      const lab = new Lab((margin, _, epoch) =>
        margin > 0.85 ? 0.3 - 0.25 / Math.sqrt(epoch) : 0.2 - margin / 1000 - 0.05 / Math.sqrt(epoch),
      )
      const id = lab.start(margins(9), { earlyTerminate: { type: 'asha', minEpochs: 3, eta: 3, rank } })
      lab.finish()
      return lab.runs(id).at(-1)
    }
    expect(late('forecast')).toMatchObject({ status: 'done', epoch: epochs })
    expect(late('best')?.status).toBe('stopped')
    expect(late('best')?.message).toContain('not among the best 1 in 3')
  })

  it('by asha trains another run to the end when the best one dies on the way', () => {
    const lab = new Lab(margin => margin)
    const id = lab.start(margins(3), { earlyTerminate: { type: 'asha', eta: 3 } })
    const best = lab.runs(id)[2].id
    for (let i = 0; lab.step(); i++) {
      if (i > 2000) throw new Error('the sweep does not end')
      if (lab.store.run(best)?.epoch === 2) lab.store.setStatus(best, 'diverged', 'NaN.')
    }
    expect(lab.runs(id).map(run => run.status)).toEqual(['stopped', 'done', 'diverged'])
  })

  it('by bayes counts what was deleted, and does not try it again', () => {
    const lab = new Lab(margin => margin)
    const id = lab.start(margins(4), { method: 'bayes', runCap: 4 })
    lab.step()
    const [gone] = lab.runs(id)
    lab.finish()
    expect(lab.store.trashRuns([gone])).toEqual([gone.id])
    // The sweep goes on, and finds that nothing is left to try.
    requestSweepWish(lab.store, id, 'run')
    lab.finish()
    expect(lab.runs(id).map(run => run.id)).not.toContain(gone.id)
    expect(lab.runs(id)).toHaveLength(3)
    expect(lab.store.sweep(id)?.status).toBe('done')
  })

  it('lets a run that it stopped go on when somebody wishes it', () => {
    const lab = new Lab(margin => -margin)
    const id = lab.start(margins(9), { earlyTerminate: { type: 'asha', eta: 3 } })
    lab.finish()
    const last = lab.runs(id).at(-1)?.id ?? 0
    expect(lab.store.run(last)?.status).toBe('stopped')
    requestWish(lab.store, last, 'run')
    requestSweepWish(lab.store, id, 'run')
    lab.finish()
    expect(lab.store.run(last)).toMatchObject({ status: 'done', epoch: epochs })
  })

  it('stops by the median what is far behind, never the best', () => {
    const lab = new Lab(margin => 1 - margin)
    const id = lab.start(margins(9), { earlyTerminate: { type: 'median', minEpochs: 2 } })
    lab.finish()
    const runs = lab.runs(id)
    expect(runs[0].status).toBe('done')
    expect(runs.slice(-3).map(run => run.status)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(runs.at(-1)?.message).toContain('median')
  })

  it('tries failed runs once more, and gives up when all fail', () => {
    const lab = new Lab(() => 0)
    const id = lab.start(margins(6), {})
    for (let i = 0; i < 40 && lab.step('failed'); i++);
    expect(lab.store.sweep(id)).toMatchObject({ status: 'failed' })
    expect(lab.store.sweep(id)?.message).toContain('No such folder.')
    const statuses = lab.runs(id).map(run => run.status)
    expect(statuses).toEqual(['failed', 'failed', 'failed', 'stopped', 'stopped', 'stopped'])
    expect(lab.runs(id).map(run => run.attempt)).toEqual([2, 2, 2, 0, 0, 0])
    expect(lab.tick()).toBe(false)
  })

  it('that never reports its metric says so when it has ended', () => {
    const lab = new Lab(() => 0)
    const id = lab.start(margins(2), { metric: { name: 'recallAt1' } })
    lab.finish()
    expect(lab.store.sweep(id)).toMatchObject({ status: 'failed' })
    expect(lab.store.sweep(id)?.message).toContain('No run has reported test/recallAt1')
  })

  it('that is paused starts nothing: neither runs that it would try again nor runs that were added', () => {
    const lab = new Lab(() => 0)
    const id = lab.start(margins(3), {})
    lab.step()
    requestSweepWish(lab.store, id, 'pause')
    lab.step('failed')
    lab.step('failed')
    expect(lab.runs(id)[0]).toMatchObject({ status: 'queued', wish: 'pause' })
    expect(lab.store.runs({ statuses: ['running'] })).toEqual([])
    requestSweepWish(lab.store, id, 'run')
    lab.finish()
    expect(lab.runs(id).map(run => run.status)).toEqual(['done', 'done', 'done'])
  })

  it('pauses, goes on, stops and goes on again without starting over', () => {
    const lab = new Lab(margin => margin)
    const id = lab.start(margins(3), {})
    for (let i = 0; i < 12; i++) lab.step()
    requestSweepWish(lab.store, id, 'stop')
    lab.step()
    expect(lab.step()).toBe(false)
    expect(lab.runs(id).map(run => run.status)).toEqual(['done', 'stopped', 'stopped'])
    requestSweepWish(lab.store, id, 'run')
    lab.finish()
    expect(lab.runs(id).map(run => run.status)).toEqual(['done', 'done', 'done'])
    expect(lab.store.sweep(id)?.status).toBe('done')
    expect(requestSweepWish(lab.store, 99, 'pause')).toBe(false)
  })
})

describe('the plan of a sweep', () => {
  it('has the settings of the file that it extends', () => {
    const base = JSON.stringify({
      dataset: { name: 'emoji' },
      epochs: 7,
      ...rate,
      sweep: { method: 'bayes', runCap: 12 },
    })
    const { tree } = parseExperiment('{ "extends": "./base.triplet.json", "loss": { "margin": 0.3 } }', {
      folder: '/lab',
      read: path => (path === '/lab/base.triplet.json' ? base : null),
    })
    const resolution = resolveExperiment(tree, { folder: '/lab' })
    if (resolution.kind === 'refused' || resolution.sweep === null) throw new Error(JSON.stringify(resolution))
    const next = nextRuns(resolution.sweep, [])
    expect(next?.[0].spec).toMatchObject({ epochs: 7, loss: { margin: 0.3 } })
    expect(next).toEqual([resolution.specs[0]])
  })
})

describe('before a sweep starts', () => {
  const all = (file: object, severity: string) =>
    validateExperiment(
      parseExperiment(JSON.stringify({ dataset: { name: 'emoji' }, ...file })).tree,
      languageContext.experiment,
    )
      .filter(one => one.severity === severity)
      .map(one => one.code)
  const problems = (file: object) => all(file, 'error')
  it('what cannot work is said', () => {
    expect(problems({ ...rate, sweep: { method: 'bayes' } })).toEqual(['sweep-needs-run-cap'])
    expect(problems({ ...rate, sweep: { method: 'grid' } })).toEqual(['sweep-grid-needs-values'])
    expect(problems({ ...margins(2), split: { by: 'class', test: 0 } })).toContain('sweep-metric-missing')
    expect(
      problems({
        batch: { classes: { min: 5, max: 7, distribution: 'q_uniform', q: 4 } },
        sweep: { method: 'random', runCap: 3 },
      }),
    ).toEqual(['sweep-no-value'])
    const many = { values: Array.from({ length: 110 }, (_, i) => i + 1) }
    expect(problems({ epochs: many, seed: many })).toEqual(['sweep-too-many-runs'])
    // All runs would fail: more classes than there are, a network that its pictures are too small for.
    const classes = { values: [4_000, 5_000] }
    expect(problems({ batch: { classes } })).toContain('batch-more-classes-than-dataset')
    expect(
      problems({ ...margins(2), image: { size: 2 }, model: { architecture: 'conv', filters: [8, 8, 8] } }),
    ).not.toEqual([])
    const identification = { metric: { name: 'identification' } }
    expect(problems({ ...margins(2), sweep: identification, evaluation: { gallery: 'train' } })).toContain(
      'sweep-metric-missing',
    )
    expect(problems({ ...rate, sweep: { method: 'bayes', runCap: 5 } })).toEqual([])
  })

  it('what will hardly be meant is said too', () => {
    const hundred = { values: Array.from({ length: 100 }, (_, i) => i + 1) }
    expect(all({ epochs: hundred, seed: hundred }, 'warning')).toEqual(['sweep-too-many-runs'])
    const early = { earlyTerminate: { type: 'asha', minEpochs: 4 } }
    expect(all({ ...margins(2), epochs: 4, sweep: early }, 'warning')).toEqual(['sweep-never-early'])
    expect(all({ ...margins(2), epochs: 5, sweep: early }, 'warning')).toEqual([])
  })
})
