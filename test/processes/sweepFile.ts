/** A sweep over pictures so small that each of its runs takes a moment. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSmallDataset } from '../training/smallDataset.ts'

/** @returns the file's name */
export function writeSweep(folder: string, changes: object): string {
  const { images, labels } = writeSmallDataset(folder)
  const file = {
    dataset: { idx: { images, labels } },
    split: { by: 'example', test: 0.5 },
    model: { architecture: 'mlp', embeddingSize: 4, hidden: [8] },
    batch: { classes: 4, samplesPerClass: 3 },
    stepsPerEpoch: 4,
    epochs: 2,
    engine: 'tfjs-wasm',
    ...changes,
  }
  writeFileSync(join(folder, 'sweep.triplet.json'), JSON.stringify(file))
  return 'sweep.triplet.json'
}
