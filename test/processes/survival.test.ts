import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { ensureTrainingServer } from '../../server/launch.ts'
import { requestWish } from '../../server/queues/local.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Store } from '../../server/store/store.ts'
import { smallSpec } from '../training/smallDataset.ts'
import { bundle, kill, processesOf, repeatable, theRun, until, workspace } from './processes.ts'

/** Short epochs, each with an evaluation and a checkpoint: wherever a kill falls, it falls into something. */
const long = { epochs: 250, stepsPerEpoch: 40 }

function queue(store: Store, spec: RunSpec): number {
  return store.queueRuns([{ name: 'small', experiment: 'small.triplet.json', spec }])[0]
}

/** What every reader of a store does: see to it that there is a training server while runs are unfinished. */
async function startServer(store: Store): Promise<void> {
  // The launcher of this test is the bundle, as everywhere; only the entry point differs when run from source.
  const child = spawn(process.execPath, [bundle('trainingServer'), store.dir], { detached: true, stdio: 'ignore' })
  child.unref()
  await until('a training server is up', () => processesOf(store.dir).some(found => found.kind === 'trainingServer'))
}

const trainerOf = (store: Store, id: number) => processesOf(store.dir).find(found => found.runId === id)
const serversOf = (store: Store) => processesOf(store.dir).filter(found => found.kind === 'trainingServer')
const ended = (store: Store, id: number) => ['done', 'failed', 'stopped', 'diverged'].includes(theRun(store, id).status)

describe('a run', () => {
  it('that is killed twenty times gives the same curve, bit for bit, as one that is not', async () => {
    const { folder, store } = workspace()
    const spec = smallSpec(folder, long)
    const disturbed = queue(store, spec)
    await startServer(store)
    const random = Random.fromSeed(20)
    // At steps, not at times: the run must not end first on a fast machine.
    const targets = Array.from({ length: 20 }, () => random.below(9000)).sort((one, other) => one - other)
    let kills = 0
    for (const target of targets) {
      const reached = () => store.lastSteps(disturbed).get('loss') ?? 0
      await until('the trainer is up', () => trainerOf(store, disturbed) !== undefined)
      // A target already passed is a kill while the trainer starts. Every third waits for some progress all the same: a
      // run that never gets any further is given up.
      const from = kills % 3 === 2 ? Math.max(target, reached() + 30) : target
      await until('it gets there', () => reached() >= from)
      await sleep(50 * random.uniform())
      const trainer = trainerOf(store, disturbed)
      if (!trainer) throw new Error('the trainer ended by itself')
      kill(trainer.pid)
      kills++
      await until('it is gone', () => trainerOf(store, disturbed)?.pid !== trainer.pid)
    }
    await until('the run ends', () => ended(store, disturbed), 120_000)
    expect(theRun(store, disturbed)).toMatchObject({ status: 'done', step: 10_000, attempt: kills + 1 })

    const undisturbed = queue(store, spec)
    await until('the other run ends', () => ended(store, undisturbed), 120_000)
    expect(repeatable(store, disturbed)).toEqual(repeatable(store, undisturbed))
    const milestones = (id: number) =>
      store
        .events(id)
        .filter(event => event.kind === 'evaluated')
        .map(event => event.message)
    expect(milestones(disturbed)).toEqual(milestones(undisturbed))
    expect(store.events(disturbed).filter(event => event.kind === 'interrupted')).toHaveLength(kills)
    expect(theRun(store, disturbed).summaries['loss']).toEqual(theRun(store, undisturbed).summaries['loss'])
  })

  it('goes on without its training server, and the next one adopts it', async () => {
    const { folder, store } = workspace()
    const id = queue(store, smallSpec(folder, long))
    await startServer(store)
    await until('points come', () => theRun(store, id).step > 50)
    const trainer = trainerOf(store, id)
    for (const server of serversOf(store)) kill(server.pid)
    await until('the server is gone', () => serversOf(store).length === 0)
    const { step } = theRun(store, id)
    await until('points go on', () => theRun(store, id).step > step + 100)
    await startServer(store)
    await sleep(300)
    expect(trainerOf(store, id)?.pid).toBe(trainer?.pid)
    expect(theRun(store, id)).toMatchObject({ status: 'running', attempt: 1 })
    kill(trainer?.pid ?? 0)
    await until('the new server starts another trainer', () => theRun(store, id).attempt === 2, 20_000)
    requestWish(store, id, 'stop')
    await until('it stops', () => theRun(store, id).status === 'stopped')
    await until('the server leaves when nothing is left', () => serversOf(store).length === 0, 20_000)
  })

  it('survives that the whole tree of processes of whoever started it is killed', async () => {
    const { folder, store } = workspace()
    const id = queue(store, smallSpec(folder, long))
    // As an editor does to its language server: every descendant first, then the process itself.
    const reader = spawn(process.execPath, [bundle('cli'), 'resume', String(id)], { cwd: folder, stdio: 'ignore' })
    await until('points come', () => theRun(store, id).step > 20)
    spawn('sh', ['-c', `pkill -9 -P ${reader.pid ?? 0}; kill -9 ${reader.pid ?? 0}`], { stdio: 'ignore' })
    const { step } = theRun(store, id)
    await until('points go on', () => theRun(store, id).step > step + 100)
    expect(serversOf(store)).toHaveLength(1)
    requestWish(store, id, 'stop')
    await until('it stops', () => theRun(store, id).status === 'stopped')
  })

  it('pauses, goes on and stops at once', async () => {
    const { folder, store } = workspace()
    const id = queue(store, smallSpec(folder, long))
    await startServer(store)
    await until('points come', () => theRun(store, id).step > 20)
    const is = (status: string) => () => theRun(store, id).status === status
    requestWish(store, id, 'pause')
    const paused = await until('it pauses', is('paused'))
    const { step } = theRun(store, id)
    await sleep(300)
    expect(theRun(store, id).step).toBe(step)
    requestWish(store, id, 'run')
    const resumed = await until('it goes on', is('running'))
    await until('points come', () => theRun(store, id).step > step)
    requestWish(store, id, 'stop')
    const stopped = await until('it stops', is('stopped'))
    console.info(`pause ${paused.toFixed(0)} ms, resume ${resumed.toFixed(0)} ms, stop ${stopped.toFixed(0)} ms`)
    for (const milliseconds of [paused, resumed, stopped]) expect(milliseconds).toBeLessThan(1500)
    expect(store.events(id).map(event => event.kind)).toEqual(
      expect.arrayContaining(['started', 'paused', 'resumed', 'stopped']),
    )
  })

  it('that is paused survives a restart of everything', async () => {
    const { folder, store } = workspace()
    const id = queue(store, smallSpec(folder, { epochs: 12, stepsPerEpoch: 25 }))
    await startServer(store)
    await until('points come', () => theRun(store, id).step > 20)
    requestWish(store, id, 'pause')
    await until('it pauses', () => theRun(store, id).status === 'paused')
    for (const { pid } of processesOf(store.dir)) kill(pid)
    await until('all are gone', () => processesOf(store.dir).length === 0)
    await startServer(store)
    await until('the server finds nothing to do', () => serversOf(store).length === 0, 20_000)
    expect(theRun(store, id).status).toBe('paused')
    requestWish(store, id, 'run')
    await startServer(store)
    await until('the run ends', () => ended(store, id))
    expect(theRun(store, id)).toMatchObject({ status: 'done', step: 300, attempt: 2 })
  })
})

describe('training servers', () => {
  it('never own a store together, however many are started at once', async () => {
    const { folder, store } = workspace()
    const ids = [1, 2, 3].map(() => queue(store, smallSpec(folder, { epochs: 4, stepsPerEpoch: 25 })))
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, [bundle('trainingServer'), store.dir], { stdio: 'ignore' }),
    )
    const statuses = children.map(child => new Promise<number | null>(done => child.once('exit', done)))
    await until('all runs end', () => ids.every(id => ended(store, id)))
    expect(ids.map(id => theRun(store, id))).toMatchObject(ids.map(() => ({ status: 'done', attempt: 1, step: 100 })))
    expect(await Promise.all(statuses)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('are started when there is something to do, once, and not when there is nothing', async () => {
    const { folder, store } = workspace()
    expect(await ensureTrainingServer(store)).toEqual({ kind: 'running' })
    const id = queue(store, smallSpec(folder, { epochs: 2 }))
    requestWish(store, id, 'pause')
    expect(await ensureTrainingServer(store)).toEqual({ kind: 'running' })
    expect(processesOf(store.dir)).toEqual([])
  })
})
