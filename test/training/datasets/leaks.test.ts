import { describe, expect, it } from 'vitest'
import { findLeaks } from '../../../server/training/datasets/leaks.ts'
import { PackedDataset } from '../../../server/training/datasets/packedDataset.ts'
import { sharedBytes } from '../../../server/training/datasets/pixels.ts'

/** Pictures of 4 × 4; `copies` maps a picture to the one whose bytes it has. */
function dataset(count: number, copies: ReadonlyMap<number, number>): PackedDataset {
  const bytes = sharedBytes(count * 16)
  for (let i = 0; i < count; i++) {
    const original = copies.get(i) ?? i
    for (let k = 0; k < 16; k++) bytes[i * 16 + k] = (original * (k + 1) * 7 + (original >> 8) * k) % 256
  }
  return new PackedDataset(
    {
      name: 'made',
      fingerprint: '',
      shape: { height: 4, width: 4, channels: 1 },
      classNames: ['a', 'b'],
      labels: new Int32Array(count),
      classGroups: null,
      given: null,
      skipped: [],
      describe: String,
    },
    { kind: 'memory', type: 'uint8', channels: 1, bytes },
  )
}

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i)

describe('findLeaks', () => {
  it('finds the test pictures that are in training too, and nothing else', async () => {
    const copies = new Map([
      [700, 3],
      [999, 3],
      [650, 651],
      [12, 13],
    ])
    const leaks = await findLeaks(dataset(1000, copies), { train: range(0, 600), test: range(600, 1000) })
    expect(leaks.filter(leak => leak.train < 600 && [700, 999].includes(leak.test))).toEqual([
      { train: 3, test: 700 },
      { train: 3, test: 999 },
    ])
    // 256 values of `original` repeat in this made dataset; those that are said must really be equal.
    const made = dataset(1000, copies)
    for (const { train, test } of leaks) {
      const pair = new Float32Array(32)
      await made.read(Int32Array.of(train, test), pair)
      expect(pair.subarray(0, 16)).toEqual(pair.subarray(16))
    }
  })

  it('finds none where there is none, and takes empty sides', async () => {
    const made = dataset(200, new Map())
    expect(await findLeaks(made, { train: range(0, 100), test: range(100, 200) })).toEqual([])
    expect(await findLeaks(made, { train: range(0, 200), test: new Int32Array(0) })).toEqual([])
  })
})
