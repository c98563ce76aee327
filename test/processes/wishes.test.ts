/** What is wished of a run while its trainer is busy obeying the wish before. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ensureTrainingServer } from '../../server/launch.ts'
import { requestWish } from '../../server/queues/local.ts'
import { runCli, theRun, until, workspace, writeExperiment } from './processes.ts'

test('a run that is to go on while it stops goes on, at whatever moment that is wished', async () => {
  const { folder, store } = workspace()
  const file = writeExperiment(folder, { epochs: 100_000 })
  const started = await runCli(folder, 'train', file, '--detach')
  expect(started.status).toBe(0)
  const trains = (beyond: number) => () => {
    const { status, step } = theRun(store, 1)
    return status === 'running' && step > beyond
  }
  await until('the run trains', trains(0))
  for (const pause of [0, 2, 5, 10, 15, 20, 30, 40, 60, 100]) {
    const { step } = theRun(store, 1)
    requestWish(store, 1, 'stop')
    await sleep(pause)
    requestWish(store, 1, 'run')
    await ensureTrainingServer(store)
    await until(`the run trains again after ${pause} ms`, trains(step))
  }
  requestWish(store, 1, 'stop')
  await until('the run stops', () => theRun(store, 1).status === 'stopped')
}, 120_000)
