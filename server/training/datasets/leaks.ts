import type { Dataset, Split } from './dataset.ts'

/** The same picture on both sides of a split. */
export interface Leak {
  readonly train: number
  readonly test: number
}

/** Pictures read at a time. */
const chunk = 256

/**
 * Finds test pictures whose values are exactly those of a training picture: what was learned by heart would count as
 * found. Reads every picture once.
 *
 * @returns one leak for each such test picture, in their order
 */
export async function findLeaks(dataset: Dataset, split: Split): Promise<readonly Leak[]> {
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
  dataset: Dataset,
  indices: Int32Array,
  visit: (index: number, digest: string) => void,
): Promise<void> {
  const { height, width, channels } = dataset.shape
  const size = height * width * channels
  const pictures = new Float32Array(Math.min(chunk, indices.length) * size)
  const words = new Int32Array(pictures.buffer)
  for (let start = 0; start < indices.length; start += chunk) {
    const part = indices.subarray(start, start + chunk)
    await dataset.read(part, pictures)
    for (let i = 0; i < part.length; i++) visit(part[i], digestOf(words, i * size, size))
  }
}

/** 128 bits from four FNV-like sums with different multipliers: two pictures that agree in all of them are the same. */
function digestOf(words: Int32Array, start: number, length: number): string {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  let c = 0x85ebca6b
  let d = 0xc2b2ae35
  for (let i = start; i < start + length; i++) {
    const word = words[i]
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b ^ (word + (b >>> 13)), 0x2c1b3c6d)
    c = Math.imul((c + word) | 0, 0x297a2d39) ^ (c >>> 15)
    d = Math.imul(d ^ (word >>> 7) ^ word, 0x165667b1) + (d >>> 11)
  }
  return String.fromCharCode(a & 0xffff, a >>> 16, b & 0xffff, b >>> 16, c & 0xffff, c >>> 16, d & 0xffff, d >>> 16)
}
