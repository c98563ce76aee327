import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Split } from '../../../server/training/datasets/dataset.ts'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { readTripletFile } from '../../../server/training/datasets/tripletFile.ts'
import { temporaryFolder } from '../../store/helpers.ts'

/** Three classes of three grey pictures each; the last class is held out. */
async function faces() {
  const folder = temporaryFolder()
  for (const [c, name] of ['ada', 'bob', 'eve'].entries()) {
    mkdirSync(join(folder, 'faces', name), { recursive: true })
    for (let i = 0; i < 3; i++)
      writeFileSync(
        join(folder, 'faces', name, `${i}.pgm`),
        Buffer.concat([Buffer.from('P5 4 4 255\n'), Buffer.alloc(16, 50 * c + i)]),
      )
  }
  const source = { kind: 'folder', path: join(folder, 'faces') } as const
  const dataset = await openDataset(source, { size: null, channels: null }, { workspace: folder })
  const split: Split = { train: Int32Array.of(0, 1, 2, 3, 4, 5), test: Int32Array.of(6, 7, 8) }
  const file = join(folder, 'triplets.csv')
  const read = (text: string) => {
    writeFileSync(file, text)
    return readTripletFile(file, source, dataset, split)
  }
  return { folder, read, file }
}

describe('a file of triplets', () => {
  it('names pictures relative to itself, to the dataset, or in full; with or without names of columns', async () => {
    const { folder, read } = await faces()
    const plain = await read('ada/0.pgm,ada/1.pgm,bob/0.pgm\n')
    expect([...plain.positions]).toEqual([0, 1, 3])
    expect(plain.skipped).toEqual([])
    const named = await read(
      `negative;anchor;note;positive\nfaces/bob/2.pgm;./faces/ada/2.pgm;x;${join(folder, 'faces', 'ada', '0.pgm')}\n`,
    )
    expect([...named.positions]).toEqual([2, 0, 5])
    expect(named.fingerprint).not.toBe(plain.fingerprint)
  })

  it('leaves out what cannot or must not be trained on, and says why, line by line', async () => {
    const { read } = await faces()
    const { positions, skipped } = await read(
      [
        'anchor,positive,negative',
        'ada/0.pgm,ada/1.pgm,bob/0.pgm',
        'ada/0.pgm,ada/9.pgm,bob/0.pgm',
        'ada/0.pgm,ada/1.pgm,eve/0.pgm',
        'ada/0.pgm,ada/0.pgm,bob/0.pgm',
        'ada/0.pgm,,bob/0.pgm',
      ].join('\n'),
    )
    expect([...positions]).toEqual([0, 1, 3])
    expect(skipped).toEqual([
      { path: 'line 3', reason: 'ada/9.pgm is no picture of the dataset' },
      { path: 'line 4', reason: 'eve/0.pgm is held out for the test' },
      { path: 'line 5', reason: 'it names a picture twice' },
      { path: 'line 6', reason: '"" is no picture of the dataset' },
    ])
  })

  it.each([
    ['', /has no triplets/],
    ['anchor,positive,negative\n', /has no triplets/],
    ['ada/0.pgm,ada/1.pgm\n', /needs three columns/],
    ['ada/0.pgm,ada/1.pgm,eve/1.pgm\n', /No triplet of .* can be trained on\. line 1: eve\/1\.pgm is held out/],
    ['a,b,c\n1,2\n', /is not a table that can be read/],
  ])('that says %j stops the run', async (text, message) => {
    const { read } = await faces()
    await expect(read(text)).rejects.toThrow(message)
  })
})
