import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Split } from './dataset.ts'
import type { PackedDataset } from './packedDataset.ts'

/** The same picture on both sides of a split. */
export interface Leak {
  readonly train: number
  readonly test: number
}

/** Pictures looked at in one go: about a millisecond for small ones. */
const chunk = 256

/**
 * Finds test pictures whose bytes are exactly those of a training picture: what was learned by heart would count as
 * found. Reads every picture once, in pieces, so that whoever runs beside it is not held up.
 *
 * @returns one leak for each such test picture, in their order
 */
export async function findLeaks(dataset: PackedDataset, split: Split): Promise<readonly Leak[]> {
  const trained = new Map<string, number>()
  await eachDigest(dataset, split.train, (index, digest) => {
    if (!trained.has(digest)) trained.set(digest, index)
  })
  const leaks: Leak[] = []
  await eachDigest(dataset, split.test, (index, digest) => {
    const train = trained.get(digest)
    if (train !== undefined) leaks.push({ train, test: index })
  })
  return leaks
}

async function eachDigest(
  dataset: PackedDataset,
  indices: Int32Array,
  visit: (index: number, digest: string) => void,
): Promise<void> {
  for (let start = 0; start < indices.length; start += chunk) {
    const part = indices.subarray(start, start + chunk)
    const pictures = await dataset.readStored(part)
    for (const [i, bytes] of pictures.entries()) visit(part[i], createHash('sha1').update(bytes).digest('base64'))
    await setImmediate()
  }
}
