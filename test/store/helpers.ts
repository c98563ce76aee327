import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endedStatuses } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { openStore, type Store } from '../../server/store/store.ts'

export const spec: RunSpec = {
  version: 1,
  dataset: { kind: 'emoji' },
  image: { size: null, channels: null },
  split: { by: 'class', test: 0.5, seed: 0 },
  model: { architecture: 'conv', embeddingSize: 64, filters: [32, 64], batchNorm: false, dropout: 0 },
  loss: {
    margin: 0.2,
    distance: 'squared-euclidean',
    normalize: true,
    softMargin: false,
    swap: false,
    reducer: 'mean-nonzero',
  },
  mining: { strategy: 'semi-hard', fallback: 'skip' },
  curriculum: [],
  batch: { classes: 8, samplesPerClass: 4 },
  optimizer: { name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
  schedule: { kind: 'constant', warmupSteps: 0 },
  clipNorm: null,
  augment: {
    flip: false,
    shift: 0,
    rotate: 0,
    zoom: 0,
    color: 0,
    grayscale: 0,
    erase: 0,
    mirrorClasses: 0,
    turnClasses: 0,
    recolorClasses: 0,
  },
  epochs: 2,
  stepsPerEpoch: null,
  evaluation: { everyEpochs: 1, patience: null, gallery: 'test' },
  seed: 1,
  engine: 'auto',
}

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'triplet-lab-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function opened(dir: string): Store {
  const result = openStore(dir)
  if (result.kind !== 'opened') throw new Error(JSON.stringify(result))
  onTestFinished(() => {
    try {
      result.store.close()
    } catch {
      // closed by the test itself
    }
  })
  return result.store
}

export function queued(store: Store, count = 1): number[] {
  return store.queueRuns(
    Array.from({ length: count }, (_, i) => ({ name: `run ${i}`, experiment: 'emoji.triplet.json', spec })),
  )
}

/** Points at consecutive steps. */
export function points(metric: string, values: readonly number[], firstStep = 1) {
  return {
    metric,
    values,
    steps: values.map((_, i) => firstStep + i),
    times: values.map(() => 1_700_000_000_000),
  }
}

/** Deletes a run and empties the trash. */
export function throwAway(store: Store, id: number): void {
  if (!endedStatuses.has(store.run(id)?.status ?? 'done')) store.setStatus(id, 'stopped')
  store.trashRuns([{ id, created: store.run(id)?.created ?? 0 }])
  store.emptyTrash(Date.now() + 1)
}
