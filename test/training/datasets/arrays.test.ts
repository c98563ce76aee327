import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { DatasetError } from '../../../server/training/datasets/datasetError.ts'
import { arrayRole } from '../../../server/training/datasets/numpy.ts'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { splitDataset } from '../../../server/training/datasets/split.ts'
import { colours, cornersOf, fixtures, readOne, temporaryFolder } from './temporary.ts'

const asIs = { size: null, channels: null } as const
const open = (spec: DatasetSpec, image: { size: number | null; channels: 1 | 3 | null } = asIs) =>
  openDataset(spec, image, { workspace: temporaryFolder() })
const npz = (name: string) => ({ kind: 'npz', path: join(fixtures, name) }) as const

async function failure(spec: DatasetSpec): Promise<DatasetError> {
  const error: unknown = await open(spec).catch((reason: unknown) => reason)
  if (error instanceof DatasetError) return error
  throw new Error(`Expected a DatasetError, got ${String(error)}`)
}

/** The first bytes of a fixture, in a file of its own. */
function truncated(name: string, bytes: number): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, readFileSync(join(fixtures, name)).subarray(0, bytes))
  return path
}

const inOrder = ['red', 'green', 'blue'].map(name => colours[name])

describe('NumPy', () => {
  it('opens pictures and labels from an archive', async () => {
    const dataset = await open(npz('plain.npz'))
    expect(dataset.shape).toEqual({ height: 4, width: 6, channels: 3 })
    expect(dataset.classNames).toEqual(['0', '1', '2'])
    expect([...dataset.labels]).toEqual([0, 1, 2, 0, 1, 2])
    expect(dataset.given).toBeNull()
    for (let i = 0; i < 6; i++)
      expect(await cornersOf(dataset, i)).toEqual({ topLeft: [255, 255, 255], bottomRight: inOrder[i % 3] })
    expect(dataset.describe(4)).toBe('images[4]')
  })

  it('opens a compressed archive with a split, fractions, and channels first', async () => {
    const dataset = await open(npz('split.npz'))
    expect(dataset.shape).toEqual({ height: 4, width: 6, channels: 3 })
    for (let i = 0; i < 9; i++)
      expect(await cornersOf(dataset, i)).toEqual({ topLeft: [255, 255, 255], bottomRight: inOrder[i % 3] })
    const split = splitDataset(dataset, { by: 'given', test: 0.5, seed: 1 })
    expect([...split.test]).toEqual([6, 7, 8])
  })

  it('brings arrays to another size, and to grey', async () => {
    const dataset = await open(npz('plain.npz'), { size: 2, channels: 1 })
    expect(dataset.shape).toEqual({ height: 2, width: 2, channels: 1 })
    const [topLeft, , , bottomRight] = await readOne(dataset, 0)
    expect(topLeft * 255).toBeGreaterThan(200)
    // A little of the white quarter is in it: the filter is wider than a pixel.
    expect(Math.abs(bottomRight * 255 - (0.299 * 200 + 0.587 * 30 + 0.114 * 30))).toBeLessThan(5)
  })

  it('opens ready-made features as they are, with words for labels', async () => {
    const dataset = await open(npz('features.npy'))
    expect(dataset.shape).toEqual({ height: 1, width: 5, channels: 1 })
    expect(dataset.classNames).toEqual(['bob', 'li', 'zoë'])
    expect([...dataset.labels]).toEqual([2, 1, 0, 1, 0, 2])
    const last = await readOne(dataset, 5)
    for (let i = 0; i < 5; i++) expect(last[i]).toBeCloseTo(-2 + (4 / 29) * (25 + i), 6)
  })

  it('opens half precision', async () => {
    const dataset = await open(npz('half_features.npy'))
    expect((await readOne(dataset, 0))[0]).toBe(-2)
    expect((await readOne(dataset, 5))[4]).toBe(2)
    expect(dataset.classNames).toEqual(['0', '1', '2'])
  })

  it('tells arrays by their names', () => {
    expect(arrayRole('images')).toEqual({ role: 'pictures', side: null })
    expect(arrayRole('Y_train')).toEqual({ role: 'labels', side: 0 })
    expect(arrayRole('test_images')).toEqual({ role: 'pictures', side: 1 })
    expect(arrayRole('arr_0')).toEqual({ role: 'pictures', side: null })
    expect(arrayRole('mean')).toBeNull()
  })

  it.each([10, 100, 1000, 5000, 9000])('says that an archive is truncated (%i bytes)', async bytes => {
    const path = truncated('plain.npz', bytes)
    const { code, message } = await failure({ kind: 'npz', path })
    // Cut after the last array that matters, it is whole enough to be used or refused, never read wrongly.
    expect(code).toBe('unreadable')
    expect(message).toContain(path)
  })

  it('says what is wrong with other arrays', async () => {
    expect((await failure(npz('fortran_images.npy'))).message).toMatch(/column by column/)
    expect((await failure({ kind: 'npz', path: truncated('features.npy', 200) })).code).toBe('missing')
    const folder = temporaryFolder()
    copyFileSync(join(fixtures, 'labels.npy'), join(folder, 'labels.npy'))
    writeFileSync(join(folder, 'x.npy'), readFileSync(join(fixtures, 'features.npy')).subarray(0, 200))
    expect((await failure({ kind: 'npz', path: join(folder, 'x.npy') })).message).toMatch(/truncated/)
    writeFileSync(join(folder, 'x.npz'), 'no archive at all')
    expect((await failure({ kind: 'npz', path: join(folder, 'x.npz') })).message).toMatch(/not a zip archive/)
    expect((await failure({ kind: 'npz', path: join(folder, 'none.npz') })).code).toBe('missing')
  })
})

describe('Parquet', () => {
  it("opens the parts of a Hugging Face dataset, with its split and its classes' names", async () => {
    const dataset = await open({ kind: 'parquet', path: join(fixtures, 'faces') })
    expect(dataset.classNames).toEqual(['red', 'green', 'blue'])
    expect(dataset.labels).toHaveLength(12)
    for (let i = 0; i < 12; i++)
      expect(await cornersOf(dataset, i)).toEqual({
        topLeft: [255, 255, 255],
        bottomRight: inOrder[dataset.labels[i]],
      })
    const split = splitDataset(dataset, { by: 'given', test: 0.5, seed: 1 })
    expect(Array.from(split.test, index => dataset.describe(index))).toEqual(['test-0.png', 'test-1.png', 'test-2.png'])
  })

  it('opens plain bytes and words, and leaves out rows without a label or with a broken picture', async () => {
    const dataset = await open({ kind: 'parquet', path: join(fixtures, 'plain.parquet') })
    expect(dataset.classNames).toEqual(['green', 'red'])
    expect(dataset.skipped.map(one => one.path)).toEqual(['plain.parquet #2', 'plain.parquet #3'])
    expect(dataset.skipped[0].reason).toBe('it has no label')
  })

  it('says that a file is truncated', async () => {
    for (const bytes of [0, 3, 200, 500, 1049]) {
      const path = truncated('plain.parquet', bytes)
      const { code, message } = await failure({ kind: 'parquet', path })
      expect(code).toBe('unreadable')
      expect(message).toContain(path)
    }
    expect((await failure({ kind: 'parquet', path: temporaryFolder() })).message).toMatch(/no .parquet files/)
  })
})

/** An IDX file of bytes. */
function idx(dimensions: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length)
  header.set([0, 0, 8, dimensions.length])
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i))
  return Buffer.concat([header, Buffer.from(values)])
}

describe('IDX', () => {
  const values = Array.from({ length: 3 * 2 * 2 }, (_, i) => i * 20)

  it('opens pictures and labels, gzipped or not, whatever their names', async () => {
    const folder = temporaryFolder()
    const images = join(folder, 'images')
    const labels = join(folder, 'labels')
    writeFileSync(images, gzipSync(idx([3, 2, 2], values)))
    writeFileSync(labels, idx([3], [7, 9, 7]))
    const dataset = await open({ kind: 'idx', images, labels })
    expect(dataset.classNames).toEqual(['7', '9'])
    expect([...dataset.labels]).toEqual([0, 1, 0])
    expect(dataset.shape).toEqual({ height: 2, width: 2, channels: 1 })
    expect(Array.from(await readOne(dataset, 2), value => Math.round(value * 255))).toEqual([160, 180, 200, 220])
  })

  it('says what is wrong', async () => {
    const folder = temporaryFolder()
    const write = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const images = write('images', idx([3, 2, 2], values))
    const labels = write('labels', idx([3], [0, 1, 0]))
    const short = write('short', idx([3, 2, 2], values).subarray(0, 20))
    const header = write('header', idx([3, 2, 2], values).subarray(0, 9))
    const text = write('text', 'hello')
    const zip = write('zip', gzipSync(idx([3, 2, 2], values)).subarray(0, 30))
    const fewer = write('fewer', idx([2], [0, 1]))
    expect((await failure({ kind: 'idx', images: short, labels })).message).toMatch(/20 bytes of 28.*truncated/)
    expect((await failure({ kind: 'idx', images: header, labels })).message).toMatch(/truncated/)
    expect((await failure({ kind: 'idx', images: text, labels })).message).toMatch(/not an IDX file/)
    expect((await failure({ kind: 'idx', images: zip, labels })).code).toBe('unreadable')
    expect((await failure({ kind: 'idx', images, labels: fewer })).message).toMatch(/2 labels for 3 pictures/)
    expect((await failure({ kind: 'idx', images: labels, labels: images })).message).toMatch(/wrong way round/)
    expect((await failure({ kind: 'idx', images: join(folder, 'none'), labels })).code).toBe('missing')
  })
})

describe('CIFAR', () => {
  /** A record: labels, then a red, a green and a blue plane. */
  const record = (labels: readonly number[], red: number, green: number, blue: number) =>
    Buffer.concat([Buffer.from(labels), Buffer.alloc(1024, red), Buffer.alloc(1024, green), Buffer.alloc(1024, blue)])

  it('opens CIFAR-10 with its classes and its test batch', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'data_batch_1.bin'), Buffer.concat([record([1], 1, 2, 3), record([0], 4, 5, 6)]))
    writeFileSync(join(folder, 'data_batch_2.bin'), record([1], 7, 8, 9))
    writeFileSync(join(folder, 'test_batch.bin'), record([0], 10, 11, 12))
    writeFileSync(join(folder, 'batches.meta.txt'), 'airplane\nautomobile\n\n')
    const dataset = await open({ kind: 'cifar', path: folder })
    expect(dataset.classNames).toEqual(['airplane', 'automobile'])
    expect([...dataset.labels]).toEqual([1, 0, 1, 0])
    expect([...(dataset.given ?? [])]).toEqual([0, 0, 0, 1])
    expect((await cornersOf(dataset, 2)).bottomRight).toEqual([7, 8, 9])
    expect((await cornersOf(dataset, 3)).topLeft).toEqual([10, 11, 12])
    expect(dataset.describe(2)).toBe('data_batch_2.bin #0')
  })

  it('opens CIFAR-100 by its fine labels', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'train.bin'), Buffer.concat([record([5, 99], 1, 2, 3), record([5, 0], 1, 2, 3)]))
    const dataset = await open({ kind: 'cifar', path: folder })
    expect([...dataset.labels]).toEqual([99, 0])
    expect(dataset.classNames).toHaveLength(100)
    expect(dataset.given).toBeNull()
  })

  it('says what is wrong', async () => {
    const folder = temporaryFolder()
    expect((await failure({ kind: 'cifar', path: folder })).message).toMatch(/none of the files data_batch_1.bin/)
    writeFileSync(join(folder, 'test_batch.bin'), record([0], 1, 2, 3).subarray(0, 3000))
    expect((await failure({ kind: 'cifar', path: folder })).message).toMatch(/3000 bytes.*truncated/)
  })
})

describe('a CSV manifest', () => {
  it('opens the pictures that it lists, with labels and split', async () => {
    const file = join(fixtures, 'pictures.csv')
    const dataset = await open({ kind: 'csv', path: file })
    expect(dataset.classNames).toEqual(['Grün, hell', 'rot'])
    expect(dataset.labels).toHaveLength(4)
    const split = splitDataset(dataset, { by: 'given', test: 0.5, seed: 1 })
    expect(Array.from(split.test, index => dataset.describe(index))).toEqual(['pictures/green/2-transparent.png'])
    expect(dataset.skipped.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      'pictures/blue/1.gif: it has no label',
      'pictures/blue/3-double.png: its split is "maybe", not train or test',
      'line 9: it names no picture',
      expect.stringMatching(/^pictures\/none.png: it cannot be read: ENOENT/),
    ])
  })

  it('reads semicolons and other names of columns', async () => {
    const folder = temporaryFolder()
    for (const name of ['a', 'b']) copyFileSync(join(fixtures, 'pictures/green/3.ppm'), join(folder, `${name}.ppm`))
    writeFileSync(join(folder, 'list.csv'), '\ufefffilename;identity\r\na.ppm;Ann\r\nb.ppm;Bob\r\n')
    const dataset = await open({ kind: 'csv', path: join(folder, 'list.csv') })
    expect(dataset.classNames).toEqual(['Ann', 'Bob'])
  })

  it('says what is wrong', async () => {
    const folder = temporaryFolder()
    const write = (content: string) => {
      writeFileSync(join(folder, 'list.csv'), content)
      return { kind: 'csv', path: join(folder, 'list.csv') } as const
    }
    expect((await failure(write('a,b\n1,2\n'))).message).toMatch(/needs the columns path and label.*it has a, b/)
    expect((await failure(write('path,label\n'))).code).toBe('empty')
    expect((await failure(write('path,label\n"a.png,1\n'))).message).toMatch(/not a table/)
    expect((await failure({ kind: 'csv', path: join(folder, 'none.csv') })).code).toBe('missing')
  })
})
