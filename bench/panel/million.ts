/** A workspace with a run of a million steps and ten metrics, made once and kept: it takes half a minute and some hundred MB. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { openStore, type Store } from '../../server/store/store.ts'

export const steps = 1_000_000
const portion = 50_000
export const metrics = [
  'loss',
  'activeFraction',
  'easy',
  'semiHard',
  'hard',
  'dApMean',
  'dAnMean',
  'gradientNorm',
  'embeddingVariance',
  'imagesPerSecond',
]

/** @returns the workspace's folder */
export function millionSteps(folder: string): string {
  const done = join(folder, '.made')
  if (existsSync(done)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'long.triplet.json'), '{ "dataset": "emoji", "epochs": 100 }\n')
  writeFileSync(join(folder, 'live.triplet.json'), '{ "dataset": "emoji", "epochs": 100 }\n')
  const { store, runId } = newRun(folder, 'long.triplet.json')
  const start = Date.now() - steps
  for (let from = 0; from < steps; from += portion) {
    const all = Array.from({ length: portion }, (_, i) => from + i + 1)
    const times = all.map(step => start + step)
    store.appendPoints(
      runId,
      metrics.map((metric, m) => ({ metric, steps: all, values: all.map(step => value(step, m)), times })),
    )
  }
  store.setProgress(runId, { step: steps, steps, epoch: 100, engine: 'onnx-cpu' })
  store.setStatus(runId, 'done')
  store.close()
  writeFileSync(done, '')
  return folder
}

export function newRun(folder: string, experiment: string): { store: Store; runId: number } {
  const opened = openStore(join(folder, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error('There is no store.')
  const { store } = opened
  const resolution = resolveExperiment(parseExperiment('{ "dataset": "emoji", "epochs": 100 }').tree, { folder })
  if (resolution.kind === 'refused') throw new Error('The spec was refused.')
  const [{ spec }] = resolution.specs
  const [runId] = store.queueRuns([{ name: experiment.replace('.triplet.json', ''), experiment, spec }])
  return { store, runId }
}

/** Falls and is noisy; the same for the same step. */
export function value(step: number, metric: number): number {
  const noise = Math.abs(Math.sin(step * 12.9898 + metric * 78.233) * 43758.5453) % 1
  return 0.05 + (0.4 + 0.2 * noise) * Math.exp(-step / 300_000)
}
