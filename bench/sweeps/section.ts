/**
 * What early termination saves on a real sweep: 27 networks for the emoji, trained once to their ends and once under
 * ASHA, with the same training server and trainers as in the editor. Takes about fifteen minutes for each training seed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunRow } from '../../protocol/runEvent.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { ensureTrainingServer } from '../../server/launch.ts'
import { queueExperiment } from '../../server/queueExperiment.ts'
import { openStore, type Store } from '../../server/store/store.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'
import { replay, type Curve } from './replay.ts'

const metric = 'test/mapAtR'
const early = { type: 'asha', minEpochs: 1, eta: 3, rank: 'forecast' } as const

/** Runs with it begin slowly and win late: the hardest thing for early termination to see. */
const largestRate = 1e-2

/** Three rates, three margins and three miners; small pictures, so that the whole grid is minutes and not hours. */
const experiment = {
  dataset: { name: 'emoji' },
  image: { size: 16 },
  split: { by: 'class', test: 0.2 },
  model: { architecture: 'conv', filters: [16, 32], embeddingSize: 32 },
  loss: { margin: { values: [0.1, 0.2, 0.5] } },
  mining: { values: ['semi-hard', 'batch-all', 'batch-hard'] },
  batch: { classes: 32, samplesPerClass: 4 },
  optimizer: { name: 'adam', learningRate: { values: [1e-4, 1e-3, largestRate] } },
  stepsPerEpoch: 20,
  epochs: 27,
}

interface Finished {
  readonly runs: readonly RunRow[]
  readonly best: number
  readonly steps: number
  /** By run, in the order in which they were queued: the metric after each epoch. */
  readonly curves: readonly Curve[]
}

export async function benchSweeps({ seeds }: BenchOptions): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) {
    const grid = await sweep({ ...experiment, seed, sweep: { method: 'grid' } })
    const asha = await sweep({ ...experiment, seed, sweep: { method: 'grid', earlyTerminate: early } })
    const row = (name: string, { best, steps }: Pick<Finished, 'best' | 'steps'>) => [
      name,
      best.toFixed(4),
      `${(100 * (1 - best / grid.best)).toFixed(2)} %`,
      String(steps),
      `${((100 * steps) / grid.steps).toFixed(1)} %`,
    ]
    console.log(
      `Sweep of ${grid.runs.length} networks on emoji, ${experiment.epochs} epochs each, training seed ${seed}`,
    )
    printTable(
      ['', 'best MAP@R', 'below the grid', 'steps', 'of the grid'],
      [row('every run to its end', grid), row(`ASHA, η = ${early.eta}`, asha)],
    )
    const quick = grid.curves.filter((_, i) => grid.runs[i].spec.optimizer.learningRate < largestRate)
    for (const rank of ['forecast', 'best'] as const) {
      inAnyOrder(`ranked by ${rank}, the same curves`, grid.curves, rank)
      inAnyOrder(`ranked by ${rank}, those of rates below ${largestRate}`, quick, rank)
    }
  }
}

function inAnyOrder(name: string, curves: readonly Curve[], rank: 'forecast' | 'best'): void {
  const orders = replay(curves, { ...early, rank }, 500)
  console.log(
    `${name} in ${orders.count} random orders: within 1 % of the best in ${(100 * orders.within).toFixed(0)} %, ` +
      `with ${(100 * orders.medianShare).toFixed(1)} % of all steps in the median, ${(100 * orders.mostShare).toFixed(1)} % at most`,
  )
}

/** Runs a sweep to its end in a store of its own. */
async function sweep(file: object): Promise<Finished> {
  const folder = await mkdtemp(join(tmpdir(), 'triplet-lab-bench-'))
  const opened = openStore(join(folder, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  const { store } = opened
  try {
    const resolution = resolveExperiment(parseExperiment(JSON.stringify(file)).tree, { folder })
    if (resolution.kind === 'refused') throw new Error(resolution.problems.map(one => one.message).join(' '))
    const ids = queueExperiment(store, 'bench.triplet.json', resolution)
    const sweepId = store.run(ids[0])?.sweepId ?? 0
    while (store.sweep(sweepId)?.status === 'running') {
      const launched = await ensureTrainingServer(store, { slots: 1 })
      if (launched.kind === 'refused') throw new Error(launched.message)
      await sleep(500)
    }
    return finished(store, ids)
  } finally {
    store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function finished(store: Store, ids: readonly number[]): Finished {
  const runs = ids.flatMap(id => store.run(id) ?? [])
  const bad = runs.find(run => run.status === 'failed')
  if (bad) throw new Error(`${bad.name}: ${bad.message ?? ''}`)
  return {
    runs,
    best: runs.reduce((best, run) => Math.max(best, metric in run.summaries ? run.summaries[metric].max : 0), 0),
    steps: runs.reduce((sum, run) => sum + run.step, 0),
    curves: ids.map(id => store.series(id, { metrics: [metric], fromStep: 1 }).at(0)?.values ?? []),
  }
}
