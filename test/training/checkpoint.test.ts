import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../server/training/checkpoint.ts'
import { freshState } from '../../server/training/loopState.ts'
import { temporaryFolder } from '../store/helpers.ts'

const checkpoint: Checkpoint = {
  engineId: 'tfjs-wasm',
  loop: { ...freshState('ab', [1, 2, 4294967295, 4, 5, 6]), step: 12, best: { score: 0.1 + 0.2, step: 10 } },
  sampler: Int32Array.of(3, -1, 2147483647),
  engine: new Map([
    ['conv1/weights', { shape: [2, 3], data: Float32Array.of(1, -0, 1e-45, 3.4e38, 0.1, NaN) }],
    ['step', { shape: [], data: Float32Array.of(7) }],
  ]),
}

it('comes back bit for bit, and leaves nothing else behind', async () => {
  const dir = temporaryFolder()
  const file = join(dir, 'last.checkpoint')
  await writeCheckpoint(file, encodeCheckpoint(checkpoint))
  await writeCheckpoint(file, encodeCheckpoint(checkpoint))
  expect(readdirSync(dir)).toEqual(['last.checkpoint'])
  const read = await readCheckpoint(file)
  expect(read).toEqual({ kind: 'found', checkpoint })
})

it('says when there is none', async () => {
  expect(await readCheckpoint(join(temporaryFolder(), 'none'))).toEqual({ kind: 'absent' })
})

it('is never taken when a single byte is wrong, or its end is missing', async () => {
  const file = join(temporaryFolder(), 'last.checkpoint')
  await writeCheckpoint(file, encodeCheckpoint(checkpoint))
  const whole = readFileSync(file)
  for (let i = 0; i < whole.length; i++) {
    const broken = Buffer.from(whole)
    broken[i] ^= 0x10
    expect(decodeCheckpoint(broken).kind, `byte ${i}`).toBe('damaged')
    expect(decodeCheckpoint(whole.subarray(0, i)).kind, `first ${i} bytes`).toBe('damaged')
  }
})

it('keeps the old one whole while a new one is being written', async () => {
  const file = join(temporaryFolder(), 'last.checkpoint')
  await writeCheckpoint(file, encodeCheckpoint(checkpoint))
  // What a kill in the middle of a write leaves.
  writeFileSync(`${file}.writing`, 'half')
  expect((await readCheckpoint(file)).kind).toBe('found')
  await writeCheckpoint(file, encodeCheckpoint({ ...checkpoint, engineId: 'onnx-cpu' }))
  expect(existsSync(`${file}.writing`)).toBe(false)
  expect(await readCheckpoint(file)).toMatchObject({ checkpoint: { engineId: 'onnx-cpu' } })
})
