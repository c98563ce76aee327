/** Facts of a pair of IDX files: the header of the pictures and all labels. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Readable } from 'node:stream'
import type { KnownFacts } from '../catalog/datasets.ts'
import { readIdx } from '../training/datasets/idx.ts'
import { factsOfCounts } from './factsOfCounts.ts'

export async function idxFacts(images: string, labels: string): Promise<KnownFacts> {
  const [dimensions, { values }] = await Promise.all([idxDimensions(images), readIdx(labels)])
  const counts = new Map<number, number>()
  for (const label of values) counts.set(label, (counts.get(label) ?? 0) + 1)
  const [, height = 0, width = 0, channels = 1] = dimensions
  return { ...factsOfCounts([...counts.values()]), shape: height > 0 ? { height, width, channels } : null }
}

/** Sizes from the header of an IDX file, gzipped or not; the rest is not read. */
async function idxDimensions(path: string): Promise<number[]> {
  let head = await firstBytes(createReadStream(path), 64)
  if (head[0] === 0x1f && head[1] === 0x8b) head = await firstBytes(createReadStream(path).pipe(createGunzip()), 64)
  const rank = head.length < 4 ? 0 : head.readUInt8(3)
  return Array.from({ length: rank }, (_, i) => (head.length >= 8 + 4 * i ? head.readUInt32BE(4 + 4 * i) : 0))
}

async function firstBytes(stream: Readable, count: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    if (!Buffer.isBuffer(part)) continue
    parts.push(part)
    length += part.length
    if (length >= count) break
  }
  stream.destroy()
  return Buffer.concat(parts)
}
