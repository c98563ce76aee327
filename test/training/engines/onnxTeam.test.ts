import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { createMemory } from '../../../server/training/engines/onnx/memory.ts'
import { Team } from '../../../server/training/engines/onnx/team.ts'

const address = 64
const module = new URL('../../../server/training/engines/onnx/team.ts', import.meta.url).href
/** A thread that leaves its team some time after it was told to. */
const lateLeaver = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.module).then(({ Team }) => {
    const team = new Team(workerData.memory, ${address}, 1, 2)
    parentPort.postMessage('ready')
    team.barrier()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    team.leave()
  })`

test('the first thread waits until the others have left', async () => {
  const memory = createMemory(1, true)
  const worker = new Worker(lateLeaver, { eval: true, workerData: { memory, module } })
  await new Promise(resolve => worker.once('message', resolve))
  const team = new Team(memory, address, 0, 2)
  team.barrier()
  const start = performance.now()
  team.waitForLeavers()
  const waited = performance.now() - start
  expect(waited).toBeGreaterThan(150)
  expect(waited).toBeLessThan(950)
  await worker.terminate()
})

test('it does not wait for a thread that never leaves', () => {
  const start = performance.now()
  new Team(createMemory(1, true), address, 0, 2).waitForLeavers()
  expect(performance.now() - start).toBeLessThan(5_000)
})

test('alone it waits for nobody', () => {
  const start = performance.now()
  new Team(createMemory(1, true), address, 0, 1).waitForLeavers()
  expect(performance.now() - start).toBeLessThan(500)
})
