import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { confidenceInterval } from '../../server/core/metrics/confidence.ts'
import { writeSmallDataset } from '../training/smallDataset.ts'
import { runCli, theRun, workspace } from './processes.ts'

it('folds and seeds are trained one by one, and give their mean with its interval', async () => {
  const { folder, store } = workspace()
  const { images, labels } = writeSmallDataset(folder)
  const file = {
    dataset: { idx: { images, labels } },
    split: { by: 'class', folds: 4, fold: { values: [1, 2, 3, 4] } },
    model: { architecture: 'mlp', embeddingSize: 8, hidden: [16] },
    loss: { margin: { values: [0.1, 0.4] } },
    batch: { classes: 4, samplesPerClass: 3 },
    stepsPerEpoch: 12,
    epochs: 2,
    engine: 'tfjs-wasm',
    sweep: { repeats: 2 },
  }
  writeFileSync(join(folder, 'folds.triplet.json'), JSON.stringify(file))
  const { status, stdout, stderr } = await runCli(folder, 'sweep', 'folds.triplet.json', '--json')
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const { repeats } = JSON.parse(stdout) as { repeats: { runs: number[]; mean: number; halfWidth: number }[] }
  expect(repeats.map(({ runs }) => runs.length)).toEqual([8, 8])
  for (const { runs, mean, halfWidth } of repeats) {
    const specs = runs.map(id => theRun(store, id).spec)
    expect(new Set(specs.map(spec => `${spec.split.fold} ${spec.seed}`)).size).toBe(8)
    expect(new Set(specs.map(spec => spec.loss.margin)).size).toBe(1)
    const best = runs.map(id => theRun(store, id).summaries['test/mapAtR'].max)
    const interval = confidenceInterval(best)
    expect(mean).toBeCloseTo(interval.mean, 12)
    expect(halfWidth).toBeCloseTo(interval.halfWidth, 12)
  }
  expect((await runCli(folder, 'check', 'folds.triplet.json')).stdout).not.toContain('sweep-changes-test')
})
