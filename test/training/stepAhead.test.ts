import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { plantFork } from '../../server/training/fork.ts'
import { stepAhead, type StepAhead } from '../../server/training/stepAhead.ts'
import { trainRun } from '../../server/training/trainRun.ts'
import { temporaryFolder } from '../store/helpers.ts'
import { MemoryTracker } from './memoryTracker.ts'
import { smallSpec, writeSmallDataset } from './smallDataset.ts'

const onnxSpec = (dir: string, changes: Partial<RunSpec> = {}) => smallSpec(dir, { engine: 'onnx-cpu', ...changes })

/** On a machine where no engine was ever chosen. */
function prepare(spec: RunSpec, threads: number | null = null): Promise<StepAhead | null> {
  return stepAhead({ spec, threads }, temporaryFolder(), temporaryFolder())
}

async function prepared(spec: RunSpec, threads: number | null = null): Promise<StepAhead> {
  const ahead = await prepare(spec, threads)
  if (ahead === null) throw new Error('Nothing was prepared')
  return ahead
}

async function train(
  spec: RunSpec,
  ahead: StepAhead | null,
  tracker = new MemoryTracker(),
  folder = join(temporaryFolder(), 'run'),
): Promise<MemoryTracker> {
  await trainRun(spec, { tracker, folder, workspace: temporaryFolder(), ahead })
  return tracker
}

/** The same step with a loss that gives away whether it was taken. */
const marked = (ahead: StepAhead): StepAhead => ({
  ...ahead,
  result: { ...ahead.result, loss: 77, values: { ...ahead.result.values, loss: 77 } },
})
const firstLoss = (tracker: MemoryTracker) => tracker.curves.get('loss')?.get(1)

describe('a first step made ahead', () => {
  it('is that of the run, and the run goes on from it as if nothing had been made ahead', async () => {
    // Augmented, with dropout, random triplets, histograms at each step and a rate that warms up.
    const changes: Partial<RunSpec> = {
      augment: { ...onnxSpec(temporaryFolder()).augment, shift: 1 },
      schedule: { kind: 'constant', warmupSteps: 10 },
    }
    const spec = onnxSpec(temporaryFolder(), changes)
    const usual = await train(spec, null)
    const ahead = await train(spec, await prepared(spec))
    expect(ahead.repeatable).toEqual(usual.repeatable)
    expect(ahead.details).toEqual(usual.details)
    expect(ahead.events).toEqual(usual.events)
    expect(ahead.statuses).toEqual(usual.statuses)
    expect(ahead.progressed).toEqual(usual.progressed)
  })

  it('is taken by its run', async () => {
    const spec = onnxSpec(temporaryFolder())
    expect(firstLoss(await train(spec, marked(await prepared(spec))))).toBe(77)
  })

  it('is recorded before a stop is obeyed, and the run goes on from there', async () => {
    const spec = onnxSpec(temporaryFolder())
    const usual = await train(spec, null)
    const folder = join(temporaryFolder(), 'run')
    let goesOn = false
    const stopped = new MemoryTracker(() => (goesOn ? 'run' : 'stop'))
    await train(spec, await prepared(spec), stopped, folder)
    expect(stopped.step).toBe(1)
    goesOn = true
    await train(spec, null, stopped, folder)
    expect(stopped.repeatable).toEqual(usual.repeatable)
  })

  it('is not that of a run with another spec, or with other threads', async () => {
    const spec = onnxSpec(temporaryFolder())
    const other = { ...spec, seed: spec.seed + 1 }
    const usual = await train(other, null)
    expect((await train(other, await prepared(spec))).repeatable).toEqual(usual.repeatable)
    expect(firstLoss(await train(spec, marked(await prepared(spec, 1))))).not.toBe(77)
  })

  it('is not taken when the pictures have changed', async () => {
    const dir = temporaryFolder()
    const spec = onnxSpec(dir)
    const ahead = marked(await prepared(spec))
    writeSmallDataset(dir, 12, 0.2)
    utimesSync(join(dir, 'images.idx'), 1, 1)
    const tracker = await train(spec, ahead)
    expect(firstLoss(tracker)).not.toBe(77)
    expect(tracker.repeatable).toEqual((await train(spec, null)).repeatable)
  })

  it('is not taken by a run that goes on, or by a fork', async () => {
    const spec = onnxSpec(temporaryFolder())
    const folder = join(temporaryFolder(), 'run')
    const usual = await train(spec, null)
    let goesOn = false
    const tracker = new MemoryTracker(step => (step === 17 && !goesOn ? 'stop' : 'run'))
    await train(spec, null, tracker, folder)
    goesOn = true
    const fork = join(temporaryFolder(), 'run')
    plantFork(fork, { folder, point: 'last' }, { runId: 7, spec })
    const forked = await train(spec, marked(await prepared(spec)), new MemoryTracker(), fork)
    expect(Math.min(...(forked.curves.get('loss')?.keys() ?? []))).toBe(18)
    await train(spec, marked(await prepared(spec)), tracker, folder)
    expect(tracker.repeatable).toEqual(usual.repeatable)
  })

  it('does not keep its run from its end when nothing is left to train', async () => {
    const spec = onnxSpec(temporaryFolder(), { epochs: 1, stepsPerEpoch: 1 })
    const usual = await train(spec, null)
    expect((await train(spec, await prepared(spec))).repeatable).toEqual(usual.repeatable)
  })
})

describe('nothing is made ahead', () => {
  const mlp = (...hidden: number[]) => ({ architecture: 'mlp', embeddingSize: 8, hidden, dropout: 0 }) as const

  it.each<[string, (dir: string) => Partial<RunSpec>]>([
    ['engines would have to be tried', () => ({ engine: 'auto' })],
    ['pictures may have to be decoded', path => ({ dataset: { kind: 'folder', path } })],
    ['pictures are missing', dir => ({ dataset: { kind: 'idx', images: join(dir, 'no'), labels: join(dir, 'no') } })],
    ['triplets come from a file', dir => ({ mining: { strategy: 'offline', file: join(dir, 'csv'), triplets: 8 } })],
    ['the engine is slow', () => ({ engine: 'tfjs-wasm' })],
    ['pictures have to be resized', () => ({ image: { size: 64, channels: null } })],
    ['the network is large', () => ({ model: mlp(8192, 8192) })],
    ['a step takes long', () => ({ model: mlp(4096, 4096), batch: { classes: 8, samplesPerClass: 512 } })],
  ])('where %s', async (_why, changes) => {
    const dir = temporaryFolder()
    expect(await prepare(onnxSpec(dir, changes(dir)))).toBeNull()
  })

  it('where it is too late', async () => {
    const likely = { spec: onnxSpec(temporaryFolder()), threads: null }
    expect(await stepAhead(likely, temporaryFolder(), temporaryFolder(), () => true)).toBeNull()
  })

  it('where the run itself would fail, and says so', async () => {
    const dir = temporaryFolder()
    const spec = onnxSpec(dir)
    writeFileSync(join(dir, 'images.idx'), 'not pictures')
    await expect(prepare(spec)).rejects.toThrow('images.idx')
  })
})
