import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DatasetError } from '../../../server/training/datasets/datasetError.ts'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { colours, cornersOf, fixtures, readOne, temporaryFolder } from './temporary.ts'

const asIs = { size: null, channels: null } as const
const pictures = join(fixtures, 'pictures')
const open = (path: string, workspace: string, image: { size: number | null; channels: 1 | 3 | null } = asIs) =>
  openDataset({ kind: 'folder', path }, image, { workspace })

/** A PGM of one grey. */
function pgm(width: number, height: number, grey: number): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Buffer.alloc(width * height, grey)])
}

/** A folder of classes, each with so many small pictures. */
function madeFolder(classes: Readonly<Record<string, number>>): string {
  const folder = temporaryFolder()
  let grey = 0
  for (const [name, count] of Object.entries(classes)) {
    mkdirSync(join(folder, name), { recursive: true })
    for (let i = 0; i < count; i++) writeFileSync(join(folder, name, `${i}.pgm`), pgm(3, 2, grey++ % 256))
  }
  return folder
}

describe('a folder with a folder for each class', () => {
  it('opens jpg, png, webp, gif and ppm; turned, transparent, CMYK and of other sizes', async () => {
    const dataset = await open(pictures, temporaryFolder())
    expect(dataset.classNames).toEqual(['blue', 'green', 'red'])
    expect(dataset.shape).toEqual({ height: 8, width: 12, channels: 3 })
    expect([...dataset.labels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
    for (let index = 0; index < 9; index++) {
      const { topLeft, bottomRight } = await cornersOf(dataset, index)
      const colour = colours[dataset.classNames[dataset.labels[index]]]
      // JPEG and CMYK are not exact.
      const tolerance = dataset.describe(index).includes('cmyk')
        ? 100
        : dataset.describe(index).includes('jpg')
          ? 12
          : 0
      for (let c = 0; c < 3; c++) {
        expect(Math.abs(topLeft[c] - 255), dataset.describe(index)).toBeLessThanOrEqual(tolerance)
        expect(Math.abs(bottomRight[c] - colour[c]), dataset.describe(index)).toBeLessThanOrEqual(tolerance)
      }
    }
    expect(dataset.describe(5)).toBe('green/3.ppm')
  })

  it('leaves out what it cannot decode, and says which and why', async () => {
    const dataset = await open(pictures, temporaryFolder())
    expect(dataset.skipped.map(one => one.path)).toEqual(['blue/4-broken.png', 'blue/5-text.jpg'])
    for (const { reason } of dataset.skipped) expect(reason).toMatch(/cannot be decoded/)
  })

  it('brings pictures to one size and to grey', async () => {
    const dataset = await open(pictures, temporaryFolder(), { size: 4, channels: 1 })
    expect(dataset.shape).toEqual({ height: 4, width: 4, channels: 1 })
    const { topLeft, bottomRight } = await cornersOf(dataset, dataset.labels.indexOf(2))
    expect(topLeft[0]).toBeGreaterThan(200)
    expect(Math.abs(bottomRight[0] - (0.299 * 200 + 0.587 * 30 + 0.114 * 30))).toBeLessThan(12)
  })

  it('opens at once the second time, and again when a file has changed', async () => {
    const workspace = temporaryFolder()
    const folder = join(temporaryFolder(), 'pictures')
    cpSync(pictures, folder, { recursive: true, preserveTimestamps: true })
    const file = join(folder, 'green/3.ppm')
    utimesSync(file, 1000, 1000)
    const first = await open(folder, workspace)
    expect(
      readdirSync(join(workspace, '.triplet-lab/cache'))
        .map(name => name.split('.')[1])
        .sort(),
    ).toEqual(['json', 'pixels'])
    expect(readFileSync(join(workspace, '.triplet-lab/.gitignore'), 'utf8')).toBe('*\n')

    // The same size and time, other content: not read again.
    const bytes = readFileSync(file)
    bytes[bytes.length - 1] ^= 0xff
    writeFileSync(file, bytes)
    utimesSync(file, 1000, 1000)
    const second = await open(folder, workspace)
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.skipped).toEqual(first.skipped)
    expect(second.classNames).toEqual(first.classNames)
    expect(await readOne(second, 5)).toEqual(await readOne(first, 5))

    utimesSync(file, 1000, 2000)
    expect((await open(folder, workspace)).fingerprint).not.toBe(first.fingerprint)
  })

  it('reads from the packed file when the pictures do not fit the budget', async () => {
    const workspace = temporaryFolder()
    const inMemory = await open(pictures, workspace)
    const onDisk = await openDataset({ kind: 'folder', path: pictures }, asIs, { workspace, memoryBudget: 1000 })
    expect(inMemory.pixels.kind).toBe('memory')
    expect(onDisk.pixels.kind).toBe('file')
    const indices = Int32Array.of(8, 0, 1, 2, 5, 5)
    const [a, b] = [new Float32Array(6 * 288), new Float32Array(6 * 288)]
    await inMemory.read(indices, a)
    await onDisk.read(indices, b)
    expect(b).toEqual(a)
    await expect(onDisk.read(Int32Array.of(9), b)).rejects.toThrow(RangeError)
    onDisk.close()
  })

  it('makes the pack again when it is damaged', async () => {
    const workspace = temporaryFolder()
    const first = await open(pictures, workspace)
    const cache = join(workspace, '.triplet-lab/cache')
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'rubbish')
    expect((await open(pictures, workspace)).fingerprint).toBe(first.fingerprint)
  })

  it('takes train and test folders as the given split', async () => {
    const dataset = await open(madeFolder({ 'train/a': 3, 'train/b': 2, 'test/a': 1, 'test/c': 2 }), temporaryFolder())
    expect(dataset.classNames).toEqual(['a', 'b', 'c'])
    expect([...(dataset.given ?? [])]).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
    expect(dataset.describe(0)).toBe('test/a/0.pgm')
  })

  it('orders classes and pictures by the numbers in their names', async () => {
    const dataset = await open(madeFolder({ s10: 1, s2: 12, s1: 1 }), temporaryFolder())
    expect(dataset.classNames).toEqual(['s1', 's2', 's10'])
    expect(dataset.describe(3)).toBe('s2/2.pgm')
    expect(dataset.describe(12)).toBe('s2/11.pgm')
  })

  it('goes on without an empty class folder, and with a class of one picture', async () => {
    const folder = madeFolder({ a: 2, b: 1, empty: 0 })
    writeFileSync(join(folder, 'a', 'notes.txt'), 'x')
    writeFileSync(join(folder, 'a', '.DS_Store'), 'x')
    const dataset = await open(folder, temporaryFolder())
    expect(dataset.classNames).toEqual(['a', 'b'])
    expect(dataset.skipped).toEqual([
      { path: 'a/notes.txt', reason: 'it is not a picture of a known type' },
      { path: 'empty', reason: 'the folder holds no pictures' },
    ])
  })

  it('leaves out a picture of 500 megapixels without decoding it', async () => {
    const folder = madeFolder({ a: 2, b: 2 })
    writeFileSync(join(folder, 'a', 'huge.pgm'), 'P5\n25000 20000\n255\n')
    // A PNG that says so in its header: IHDR with a correct checksum, and no more.
    writeFileSync(
      join(folder, 'b', 'huge.png'),
      Buffer.from('89504e470d0a1a0a0000000d49484452000061a800004e20080000000090f1ab12', 'hex'),
    )
    const dataset = await open(folder, temporaryFolder())
    expect(dataset.labels).toHaveLength(4)
    expect(dataset.skipped[0]).toEqual({
      path: 'a/huge.pgm',
      reason: 'it has 500 megapixels; at most 100 are read. Make it smaller.',
    })
    expect(dataset.skipped[1].path).toBe('b/huge.png')
  })

  it('lists and packs thousands of files, and reads none of them the second time', async () => {
    const classes = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`class ${i}`, 60]))
    const folder = madeFolder(classes)
    const workspace = temporaryFolder()
    const picture = join(folder, 'class 7', '7.pgm')
    utimesSync(picture, 1_700_000_000, 1_700_000_000)
    const first = await open(folder, workspace)
    expect(first.labels).toHaveLength(3000)
    // Other bytes, which nobody can tell without reading them.
    writeFileSync(picture, Buffer.alloc(statSync(picture).size))
    utimesSync(picture, 1_700_000_000, 1_700_000_000)
    const second = await open(folder, workspace)
    expect(second.skipped).toEqual([])
    expect(second.labels).toHaveLength(3000)
    expect(second.fingerprint).toBe(first.fingerprint)
    utimesSync(picture, 1_700_000_000, 1_700_000_001)
    expect((await open(folder, workspace)).skipped.map(one => one.path)).toEqual(['class 7/7.pgm'])
  })

  it.each([
    ['is not there', () => join(temporaryFolder(), 'faces'), 'missing', /does not exist/],
    ['is a file', () => join(fixtures, 'make.py'), 'unsupported', /is a file/],
    ['has no folders', () => temporaryFolder(), 'empty', /Put the pictures of each class/],
    ['holds pictures without classes', () => join(pictures, 'red'), 'empty', /holds 3 pictures, but not in classes/],
    ['has empty classes only', () => madeFolder({ a: 0, b: 0 }), 'empty', /no pictures in them/],
    ['has one class', () => madeFolder({ a: 3 }), 'empty', /one class only \("a"\)/],
  ])('says what to do when it %s', async (_, path, code, message) => {
    const error: unknown = await open(path(), temporaryFolder()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DatasetError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('asks for a size when the pictures are very large', async () => {
    const folder = temporaryFolder()
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, '1.pgm'), pgm(2000, 1000, 7))
    }
    await expect(open(folder, temporaryFolder())).rejects.toThrow(/2000 × 1000 pixels. Say in the experiment/)
    const dataset = await open(folder, temporaryFolder(), { size: 16, channels: null })
    expect(dataset.shape).toEqual({ height: 16, width: 16, channels: 1 })
  })

  it('says when nothing can be decoded', async () => {
    const folder = madeFolder({ a: 0, b: 0 })
    writeFileSync(join(folder, 'a', '1.png'), 'no')
    await expect(open(folder, temporaryFolder())).rejects.toThrow(/None of the pictures .* a\/1.png: it cannot/)
  })
})
