/** Files that claim more than they hold, hold more than they claim, or do not fit into memory. */
import { zipSync } from 'fflate'
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { datasetFacts } from '../../../server/training/datasets/facts.ts'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { fixtures, temporaryFolder } from './temporary.ts'

const asIs = { size: null, channels: null } as const
const open = (spec: DatasetSpec, memoryBudget?: number) =>
  openDataset(spec, asIs, { workspace: temporaryFolder(), ...(memoryBudget && { memoryBudget }) })

function npy(shape: string, values: Uint8Array): Uint8Array {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`
  const padded = `${header.padEnd(117)}\n`
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.from([118, 0]), Buffer.from(padded), values])
}

function idx(dimensions: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length)
  header.set([0, 0, 8, dimensions.length])
  for (const [i, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * i)
  return Buffer.concat([header, values])
}

/**
 * An archive as NumPy writes it where an array is larger than 32 bits can say: not packed, sizes in the extra fields. An
 * array given as a number of bytes is a hole in the file, which takes no room.
 */
function largeArchive(arrays: readonly (readonly [string, string, Uint8Array | number])[]): string {
  const path = join(temporaryFolder(), 'large.npz')
  const file = openSync(path, 'w')
  let at = 0
  const put = (bytes: Uint8Array) => void (at += writeSync(file, bytes, 0, bytes.length, at))
  const numbers = (...parts: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]) =>
    Buffer.concat(
      parts.map(([bytes, value]) => {
        const number = Buffer.alloc(8)
        number.writeBigUInt64LE(BigInt(value))
        return number.subarray(0, bytes)
      }),
    )
  const records = arrays.map(([array, shape, values]) => {
    const name = Buffer.from(`${array}.npy`)
    const start = npy(shape, typeof values === 'number' ? new Uint8Array(0) : values)
    const size = start.length + (typeof values === 'number' ? values : 0)
    const offset = at
    const extra = numbers([2, 1], [2, 24], [8, size], [8, size], [8, offset])
    const checksum = typeof values === 'number' ? 0 : crc32(start)
    const common = numbers([2, 45], [2, 0], [2, 0], [2, 0], [2, 0], [4, checksum], [4, 2 ** 32 - 1], [4, 2 ** 32 - 1])
    put(
      Buffer.concat([
        numbers([4, 0x04034b50]),
        common,
        numbers([2, name.length], [2, extra.length]),
        name,
        extra,
        start,
      ]),
    )
    at = at - start.length + size
    const rest = numbers([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, 2 ** 32 - 1])
    return Buffer.concat([numbers([4, 0x02014b50], [2, 45]), common, rest, name, extra])
  })
  const [directory, bytes, count] = [at, records.reduce((sum, one) => sum + one.length, 0), arrays.length]
  for (const record of records) put(record)
  const end = at
  put(
    numbers(
      [4, 0x06064b50],
      [8, 44],
      [2, 45],
      [2, 45],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, bytes],
      [8, directory],
    ),
  )
  put(numbers([4, 0x07064b50], [4, 0], [8, end], [4, 1]))
  put(numbers([4, 0x06054b50], [2, 0], [2, 0], [2, 0xffff], [2, 0xffff], [4, 2 ** 32 - 1], [4, 2 ** 32 - 1], [2, 0]))
  closeSync(file)
  return path
}

function written(name: string, bytes: Uint8Array, folder = temporaryFolder()): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 3)
const pictures = Uint8Array.from({ length: 12 * 16 }, (_, i) => (i * 7) % 256)

describe('archives', () => {
  it('that unpack to more than their header says are refused, without filling the disk', async () => {
    const bomb = zipSync({
      'images.npy': npy('(12, 4, 4)', new Uint8Array(64 << 20)),
      'labels.npy': npy('(12,)', labels),
    })
    expect(bomb.length).toBeLessThan(1 << 20)
    const path = written('bomb.npz', bomb)
    await expect(open({ kind: 'npz', path })).rejects.toThrow(`${path} cannot be read: an array in it is longer than`)
  })

  it('that say they are larger than the disk are refused before they are unpacked', async () => {
    const path = written('huge.npz', zipSync({ 'images.npy': npy('(1000000000, 1000, 1000)', pictures) }))
    await expect(open({ kind: 'npz', path })).rejects.toThrow(/huge\.npz cannot be read: it unpacks to 1000000000 MB/)
  })

  it('of gigabytes that cannot be used are refused before they are unpacked, and their labels are there at once', async () => {
    const path = largeArchive([
      ['labels', '(12,)', labels],
      ['images', '(65000, 8200, 8)', 65_000 * 8200 * 8],
    ])
    await expect(open({ kind: 'npz', path })).rejects.toThrow(
      'images has 8 × 8200 pixels. Say in the experiment how large pictures shall be',
    )
    const square = largeArchive([
      ['labels', '(12,)', labels],
      ['images', '(70000, 256, 256)', 70_000 * 256 * 256],
    ])
    await expect(open({ kind: 'npz', path: square })).rejects.toThrow(
      'images has 70000 pictures, but labels of the shape [12]',
    )
    const single = largeArchive([['images', '(1, 4294967296)', 2 ** 32]])
    await expect(open({ kind: 'npz', path: single })).rejects.toThrow('has no arrays named images and labels')
    const vector = largeArchive([
      ['labels', '(1,)', labels.subarray(0, 1)],
      ['images', '(1, 4294967296)', 2 ** 32],
    ])
    await expect(open({ kind: 'npz', path: vector })).rejects.toThrow('images has 4294967296 numbers for each picture')
    expect(await datasetFacts({ kind: 'npz', path }, temporaryFolder())).toMatchObject({ images: 12 })
  })

  it('whose bytes are others than they were are refused', async () => {
    const whole = readFileSync(join(fixtures, 'plain.npz'))
    const at = whole.indexOf('NUMPY') + 128 + 20
    whole[at] ^= 1
    const path = written('changed.npz', whole)
    await expect(open({ kind: 'npz', path })).rejects.toThrow('changed.npz cannot be read: its checksum is another one')
  })

  it('that were cut anywhere are refused, and name the file', async () => {
    const whole = readFileSync(join(fixtures, 'plain.npz'))
    for (const left of [0, 1, 20, 200, whole.length >> 1, whole.length - 22, whole.length - 1]) {
      const path = written('cut.npz', whole.subarray(0, left))
      await expect(open({ kind: 'npz', path }), String(left)).rejects.toThrow(/cut\.npz cannot be read/)
    }
  })
})

it('a Parquet row group that unpacks to more than memory should hold is refused before it is', async () => {
  const path = join(fixtures, 'bomb.parquet')
  expect(readFileSync(path).length).toBeLessThan(100_000)
  await expect(open({ kind: 'parquet', path })).rejects.toThrow(/bomb\.parquet has a row group that unpacks to 1258 MB/)
})

describe('IDX files', () => {
  it('that are packed around more than they say give what they say', async () => {
    const images = written('im.gz', gzipSync(idx([12, 4, 4], Buffer.concat([pictures, new Uint8Array(32 << 20)]))))
    const dataset = await open({ kind: 'idx', images, labels: written('la', idx([12], labels)) })
    expect(dataset.labels).toHaveLength(12)
  })

  it.each([
    ['that were cut while packed', gzipSync(idx([12, 4, 4], pictures)).subarray(0, 60), /cannot be read|is truncated/],
    ['that say more than they hold', idx([4_000_000_000, 4, 4], pictures), /has 12 labels for 4000000000 pictures/],
    ['that end inside their header', idx([12, 4, 4], pictures).subarray(0, 7), /ends inside its header/],
    ['that end inside the pictures', idx([12, 4, 4], pictures).subarray(0, 99), /has 99 bytes of 208/],
  ])('%s are refused, and name the file', async (_, bytes, message) => {
    for (const budget of [undefined, 100]) {
      const images = written('im', bytes)
      const failed = expect(open({ kind: 'idx', images, labels: written('la', idx([12], labels)) }, budget)).rejects
      await failed.toThrow(message)
    }
  })

  it('that do not fit into the memory budget are read from disk, and are the same pictures', async () => {
    for (const packed of [false, true]) {
      const images = written('im', packed ? gzipSync(idx([12, 4, 4], pictures)) : idx([12, 4, 4], pictures))
      const spec = { kind: 'idx', images, labels: written('la', idx([12], labels)) } as const
      const workspace = temporaryFolder()
      const small = await openDataset(spec, asIs, { workspace })
      const large = await openDataset(spec, asIs, { workspace, memoryBudget: 100 })
      const again = await openDataset(spec, asIs, { workspace, memoryBudget: 100 })
      expect([small.pixels.kind, large.pixels.kind, again.pixels.kind]).toEqual(['memory', 'file', 'file'])
      const read = async (dataset: typeof small) => {
        const into = new Float32Array(12 * 16)
        await dataset.read(
          Int32Array.from({ length: 12 }, (_, i) => 11 - i),
          into,
        )
        return [...into]
      }
      expect(await read(large)).toEqual(await read(small))
      expect(await read(again)).toEqual(await read(small))
      for (const one of [large, again])
        expect(one).toMatchObject({ fingerprint: small.fingerprint, classNames: small.classNames, given: small.given })
      expect(large.describe(7)).toBe(small.describe(7))
      for (const one of [small, large, again]) one.close()
    }
  })
})

it('a picture of 500 megapixels, packed into little, is left out and named; the others are used', async () => {
  const folder = temporaryFolder()
  const chunk = (type: string, data: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    // The checksum is not looked at before the size is.
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(25_000, 0)
  header.writeUInt32BE(20_000, 4)
  header.set([8, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pixels = chunk('IDAT', deflateSync(new Uint8Array(1 << 20)))
  writeFileSync(join(folder, 'huge.png'), Buffer.concat([signature, chunk('IHDR', header), pixels]))
  const rows = ['path,label', 'huge.png,a']
  for (const [i, label] of ['a', 'a', 'b', 'b'].entries()) {
    writeFileSync(join(folder, `${i}.pgm`), Buffer.concat([Buffer.from('P5 4 4 255\n'), Buffer.alloc(16, 40 * i)]))
    rows.push(`${i}.pgm,${label}`)
  }
  writeFileSync(join(folder, 'list.csv'), rows.join('\n'))
  const dataset = await open({ kind: 'csv', path: join(folder, 'list.csv') })
  expect(dataset.labels).toHaveLength(4)
  expect(dataset.skipped.map(one => one.path)).toEqual(['huge.png'])
  expect(dataset.skipped[0].reason).toMatch(/500 megapixels|cannot be decoded/)
})

describe('CIFAR files', () => {
  it.each([1, 2])(
    'with %i label bytes that do not fit into the memory budget are the same pictures',
    async labelBytes => {
      const folder = temporaryFolder()
      const record = labelBytes + 3072
      // More than are read at a time.
      const counts: readonly (readonly [string, number])[] =
        labelBytes === 1
          ? [
              ['data_batch_1.bin', 1500],
              ['test_batch.bin', 1100],
            ]
          : [
              ['train.bin', 1500],
              ['test.bin', 1100],
            ]
      for (const [name, count] of counts)
        written(
          name,
          Uint8Array.from({ length: count * record }, (_, i) =>
            i % record < labelBytes ? Math.floor(i / record) % 10 : (i * 31 + Math.floor(i / record) * 7) % 251,
          ),
          folder,
        )
      const spec = { kind: 'cifar', path: folder } as const
      for (const size of [null, 8]) {
        const image = { size, channels: null }
        const workspace = temporaryFolder()
        const small = await openDataset(spec, image, { workspace })
        const large = await openDataset(spec, image, { workspace, memoryBudget: 100_000 })
        const again = await openDataset(spec, image, { workspace, memoryBudget: 100_000 })
        expect([small.pixels.kind, large.pixels.kind, again.pixels.kind]).toEqual(['memory', 'file', 'file'])
        const read = async (dataset: typeof small) => {
          const into = new Float32Array(5 * 3 * (size ?? 32) ** 2)
          await dataset.read(Int32Array.of(2599, 0, 1023, 1024, 1500), into)
          return into
        }
        for (const one of [large, again]) {
          expect(await read(one)).toEqual(await read(small))
          expect(one).toMatchObject({
            fingerprint: small.fingerprint,
            classNames: small.classNames,
            labels: small.labels,
            given: small.given,
            shape: small.shape,
          })
          expect([one.describe(0), one.describe(2599)]).toEqual([`${counts[0][0]} #0`, `${counts[1][0]} #1099`])
        }
        for (const one of [small, large, again]) one.close()
      }
    },
  )
})
