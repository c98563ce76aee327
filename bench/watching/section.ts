/**
 * What watching costs: difficulty of all triplets, its histograms, the hardest triplets and the health watch, as a share
 * of the step that is watched. In one process, turn by turn: what slows the machine down slows both.
 */
import { createDifficultyMeter } from '../../server/core/difficulty.ts'
import { healthyStart, watchHealth } from '../../server/core/health.ts'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { plainAdam } from '../../server/training/engines/optimizerRule.ts'
import { createEngine } from '../../server/training/engines/registry.ts'
import { buildNetwork } from '../../server/training/models/build.ts'
import { batch, batchSize, margin, miners, networks, picture } from '../engines/workload.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'

const loss = {
  margin,
  distance: 'squared-euclidean',
  normalize: true,
  softMargin: false,
  swap: false,
  reducer: 'mean-nonzero',
} as const
/** A run keeps about this many histograms: of a thousand steps every fifth. */
const histogramEvery = 5

export async function benchWatching({ seconds, rounds, only }: BenchOptions): Promise<void> {
  console.log('\nWatching difficulty and health, as a share of the whole step')
  const rows: string[][] = []
  for (const name of Object.keys(networks).filter(one => only.length === 0 || only.some(text => one.includes(text)))) {
    const { whole, watching } = await measure(name, seconds * rounds)
    rows.push([
      name,
      `${whole.toFixed(2)} ms`,
      `${watching.toFixed(3)} ms`,
      `${((100 * watching) / whole).toFixed(2)} %`,
    ])
  }
  printTable(['network', 'step', 'watching', 'share'], rows)
}

async function measure(name: string, seconds: number): Promise<{ readonly whole: number; readonly watching: number }> {
  const network = buildNetwork(networks[name], picture, true)
  const options = { network, optimizer: plainAdam, seed: 1, clipNorm: null, batchSize, threads: null }
  const engine = await createEngine('auto', options)
  const random = Random.fromSeed(1)
  const size = network.embeddingSize
  const objective = createObjective({ loss, mining: miners['semi-hard'], random, maxBatch: batchSize, size })
  const meter = createDifficultyMeter(loss, batchSize)
  const { data, labels } = batch()
  let health = healthyStart
  let watched = 0
  let step = 0
  const gradientOf = (embeddings: { data: Float32Array; count: number; size: number }): Float32Array => {
    const { gradient, loss: value, minedTriplets } = objective.evaluate(embeddings.data, embeddings.count, size, labels)
    const start = performance.now()
    const difficulty = meter.measure(objective.batch, margin, step % histogramEvery === 0)
    meter.hardest(objective.batch, 4)
    const { ap, an, ...rest } = difficulty
    const now = { step: step + 1, loss: value, margin, minedTriplets, apMean: ap.mean, anMean: an.mean, ...rest }
    health = watchHealth(health, loss, now).state
    watched = performance.now() - start
    return gradient
  }
  const wholes: number[] = []
  const watchings: number[] = []
  const end = performance.now() + 1000 * seconds
  for (; performance.now() < end || step < 50; step++) {
    const start = performance.now()
    await engine.step({ data, count: batchSize }, gradientOf, 1e-3)
    if (step < 20) continue
    wholes.push(performance.now() - start)
    watchings.push(watched)
  }
  engine.dispose()
  // The mean of what is watched: histograms come with some of the steps.
  return { whole: median(wholes), watching: watchings.reduce((sum, one) => sum + one, 0) / watchings.length }
}
