import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DatasetError } from '../../../server/training/datasets/datasetError.ts'
import { emojiFolder, openEmoji, readEmojiHeader } from '../../../server/training/datasets/emoji.ts'
import { splitDataset } from '../../../server/training/datasets/split.ts'

const header = await readEmojiHeader()
const dataset = await openEmoji({ size: null, channels: null })

describe('the emoji dataset', () => {
  it('has about a thousand classes, each drawn by six vendors or more, each vendor once', () => {
    expect(dataset.classNames.length).toBeGreaterThan(1000)
    expect(new Set(dataset.classNames).size).toBe(dataset.classNames.length)
    for (const [name, , , drawn] of header.classes) {
      expect(drawn.length, name).toBeGreaterThanOrEqual(6)
      expect(new Set(drawn).size, name).toBe(drawn.length)
    }
    expect(dataset.shape).toEqual({ height: 32, width: 32, channels: 3 })
  })

  it('is what its fingerprint says, and no picture occurs twice', () => {
    if (dataset.pixels.kind !== 'memory') throw new Error('not in memory')
    const { bytes } = dataset.pixels
    const digest = createHash('sha256').update(bytes).update(new Uint8Array(dataset.labels.buffer)).digest('hex')
    expect(dataset.fingerprint).toBe(digest)
    const area = 32 * 32 * 3
    const pictures = new Set<string>()
    for (let i = 0; i < dataset.labels.length; i++)
      pictures.add(
        createHash('sha1')
          .update(bytes.subarray(i * area, (i + 1) * area))
          .digest('base64'),
      )
    expect(pictures.size).toBe(dataset.labels.length)
  })

  it('is kept unpacked, and the same from there; what is kept is not trusted when it is not whole', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'emoji-'))
    const bytesOf = async () => {
      const { pixels } = await openEmoji({ size: null, channels: null }, emojiFolder(), cache)
      return pixels.kind === 'memory' ? Buffer.from(pixels.bytes) : null
    }
    const first = await bytesOf()
    const [kept] = readdirSync(cache)
    expect(kept).toBe(`emoji-${header.fingerprint.slice(0, 16)}.pixels`)
    expect(readFileSync(join(cache, kept)).equals(first ?? Buffer.alloc(0))).toBe(true)
    expect((await bytesOf())?.equals(first ?? Buffer.alloc(0))).toBe(true)
    truncateSync(join(cache, kept), 1000)
    expect((await bytesOf())?.equals(first ?? Buffer.alloc(0))).toBe(true)
    expect(statSync(join(cache, kept)).size).toBe(first?.length)
  })

  it('opens where nothing can be kept', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'emoji-')), 'a-file')
    writeFileSync(file, '')
    const { labels } = await openEmoji({ size: null, channels: null }, emojiFolder(), join(file, 'cache'))
    expect(labels).toEqual(dataset.labels)
  })

  it('shows an umbrella under the name of one: dark on white', async () => {
    const label = dataset.classNames.indexOf('umbrella')
    const indices = Int32Array.from(dataset.labels.keys()).filter(index => dataset.labels[index] === label)
    expect(dataset.describe(indices[0])).toBe('umbrella (noto)')
    const pictures = new Float32Array(indices.length * 32 * 32 * 3)
    await dataset.read(indices, pictures)
    for (let i = 0; i < indices.length; i++) {
      const corner = pictures.subarray(i * 3072, i * 3072 + 3)
      expect(Math.min(...corner)).toBeGreaterThan(0.95)
      expect(Math.min(...pictures.subarray(i * 3072, (i + 1) * 3072))).toBeLessThan(0.5)
    }
  })

  it('keeps variants of a person, and near-duplicates, on one side of a class split', () => {
    const groupOf = new Map(header.classes.map(([name, , group]) => [name, group]))
    for (const family of [
      ['man-cook', 'woman-cook'],
      ['police-officer', 'man-police-officer', 'woman-police-officer'],
      ['one-oclock', 'seven-thirty'],
      ['new-moon', 'full-moon'],
      ['red-heart', 'blue-heart'],
    ]) {
      expect(new Set(family.map(name => groupOf.get(name))).size, family.join()).toBe(1)
      expect(groupOf.get(family[0])).toBeDefined()
    }
    for (const seed of [1, 2, 3]) {
      const split = splitDataset(dataset, { by: 'class', test: 0.5, seed })
      const groups = (side: Int32Array) => new Set([...side].map(index => dataset.classGroups?.[dataset.labels[index]]))
      const test = groups(split.test)
      expect([...groups(split.train)].filter(group => test.has(group))).toEqual([])
      const held = new Set([...split.test].map(index => dataset.labels[index])).size
      expect(Math.abs(held / dataset.classNames.length - 0.5)).toBeLessThan(0.02)
    }
  })

  it('ships only what may be shipped, and names every vendor', () => {
    const notice = readFileSync(join(emojiFolder(), 'NOTICE'), 'utf8')
    for (const vendor of header.vendors) {
      expect(['Apache-2.0', 'MIT', 'CC-BY-4.0']).toContain(vendor.license)
      expect(notice).toContain(vendor.name)
    }
    expect(readFileSync(join(emojiFolder(), 'emoji.bin')).length).toBeLessThan(8e6)
  })

  it('says what to do when its files are damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'emoji-'))
    writeFileSync(join(folder, 'emoji.json'), readFileSync(join(emojiFolder(), 'emoji.json')))
    writeFileSync(join(folder, 'emoji.bin'), readFileSync(join(emojiFolder(), 'emoji.bin')).subarray(0, 1000))
    await expect(openEmoji({ size: null, channels: null }, folder, folder)).rejects.toThrow(DatasetError)
    await expect(openEmoji({ size: null, channels: null }, folder, folder)).rejects.toThrow(/Install Triplet Lab again/)
  })
})
