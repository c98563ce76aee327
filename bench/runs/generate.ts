/**
 * A store as weeks of work leave it: experiments with sweeps, single runs, tags, failures. The curves are made up, the rows
 * and the files are those that real runs write. Kept in the temporary folder, since filling one takes minutes.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metricIds } from '../../protocol/metrics.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { Random } from '../../server/core/random.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { openStore, type Store } from '../../server/store/store.ts'

export interface StoreShape {
  readonly runs: number
  /** Steps of each run: its loss has a point at every one. */
  readonly steps: number
}

/** Grows when what is made changes, so that an old folder is not measured. */
const version = 1
const runsPerSweep = 20
const experiments = 12
/** Metrics of each step other than the loss have a point every so many steps, to keep the file at a few gigabytes. */
const sparse = 100
const evaluations = 20

/** @returns the workspace folder */
export function generatedStore(shape: StoreShape): string {
  const folder = join(tmpdir(), `triplet-lab-bench-${version}-${shape.runs}x${shape.steps}`)
  if (existsSync(folder)) return folder
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making)
  const opened = openStore(join(making, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error('There is no store.')
  fill(opened.store, shape)
  opened.store.close()
  renameSync(making, folder)
  return folder
}

function fill(store: Store, { runs, steps }: StoreShape): void {
  const random = Random.fromSeed(7)
  const base = baseSpec()
  const every = stepMetrics(steps)
  for (let first = 0; first < runs; first += runsPerSweep) {
    const block = first / runsPerSweep
    const experiment = `experiments/${(block % experiments) + 1}.triplet.json`
    // Every third block is single runs.
    const sweepId = block % 3 === 2 ? null : block + 1
    store.transaction(() => {
      const specs = Array.from({ length: Math.min(runsPerSweep, runs - first) }, (_, i) => varied(base, i, random))
      const names = specs.map(
        ({ loss, optimizer, seed }) => `α ${loss.margin} lr ${optimizer.learningRate} seed ${seed}`,
      )
      const ids = store.queueRuns(specs.map((spec, i) => ({ name: names[i], experiment, sweepId, spec })))
      for (const [i, id] of ids.entries()) {
        store.claimNext()
        store.trainerArrived(id)
        const quality = random.uniform()
        store.appendPoints(id, [...every.map(make => make(quality, random)), ...evaluationPoints(steps, quality)])
        store.setProgress(id, { epoch: specs[i].epochs, step: steps, steps, engine: 'onnx-cpu' })
        store.setStatus(id, quality < 0.03 ? 'failed' : 'done', quality < 0.03 ? 'The disk was full.' : null)
        if (quality > 0.9) store.annotate(id, { tags: ['paper'], star: quality > 0.97 })
      }
    })
  }
}

type Make = (
  quality: number,
  random: Random,
) => { metric: string; steps: Float64Array; values: Float64Array; times: Float64Array }

function stepMetrics(steps: number): Make[] {
  return metricIds
    .filter(metric => !metric.startsWith('test/'))
    .map(metric => {
      const stride = metric === 'loss' ? 1 : sparse
      const at = Float64Array.from({ length: Math.ceil(steps / stride) }, (_, i) => i * stride)
      const times = at.map(step => 1_700_000_000_000 + step * 50)
      return (quality, random) => ({
        metric,
        steps: at,
        times,
        values: at.map(step => 0.2 * Math.exp((-3 * quality * step) / steps) + 0.02 * random.uniform()),
      })
    })
}

function evaluationPoints(steps: number, quality: number) {
  const at = Float64Array.from({ length: evaluations }, (_, i) => Math.round(((i + 1) * steps) / evaluations) - 1)
  return metricIds
    .filter(metric => metric.startsWith('test/'))
    .map(metric => ({
      metric,
      steps: at,
      times: at.map(step => 1_700_000_000_000 + step * 50),
      values: at.map(step => quality * (1 - Math.exp((-4 * step) / steps))),
    }))
}

function baseSpec(): RunSpec {
  const { tree } = parseExperiment('{ "dataset": "emoji" }')
  const resolution = resolveExperiment(tree, { folder: tmpdir() })
  if (resolution.kind === 'refused') throw new Error('The spec was refused.')
  return resolution.specs[0].spec
}

function varied(base: RunSpec, i: number, random: Random): RunSpec {
  const margin = [0.05, 0.1, 0.2, 0.5][i % 4]
  const learningRate = Number((10 ** (-4 + 2 * random.uniform())).toPrecision(3))
  return {
    ...base,
    loss: { ...base.loss, margin },
    optimizer: { ...base.optimizer, learningRate },
    mining: i % 5 === 0 ? { strategy: 'batch-hard' } : base.mining,
    seed: 1 + (i % 5),
  }
}
