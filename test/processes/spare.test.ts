/** A training server that waits for an editor, with a trainer that is ready for the next run. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { LikelySpec, tellLikelySpec } from '../../server/likelySpec.ts'
import { requestWish } from '../../server/queues/local.ts'
import { SpareTrainer } from '../../server/spareTrainer.ts'
import { databaseFile, logFile } from '../../server/store/layout.ts'
import type { Store } from '../../server/store/store.ts'
import { startClient, uriOf } from '../languageServer/client.ts'
import { temporaryFolder } from '../store/helpers.ts'
import { smallSpec } from '../training/smallDataset.ts'
import { bundle, kill, processesOf, repeatable, theRun, until, workspace, works } from './processes.ts'

/** Stands for the process of an editor: all that matters is that it lives. */
function startEditor(): ChildProcess {
  const editor = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  onTestFinished(() => void editor.kill())
  return editor
}

function startServer(store: Store, editor: ChildProcess): void {
  const args = [bundle('trainingServer'), store.dir, '--for', String(editor.pid)]
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
}

const found = (store: Store, kind: 'spare' | 'trainingServer' | 'trainer') =>
  processesOf(store.dir).filter(one => one.kind === kind && works(one.pid))

async function spareOf(store: Store, before?: number): Promise<number> {
  const others = () => found(store, 'spare').filter(({ pid }) => pid !== before)
  await until('a spare trainer is up', () => others().length === 1)
  return others()[0].pid
}

/** Until the spare trainer has made so many first steps. */
function untilAhead(store: Store, steps: number): Promise<number> {
  const log = logFile(store.dir, 'spare-trainer')
  const made = () => readFileSync(log, 'utf8').split('first step of a likely run').length - 1
  return until('it has made a step ahead', () => existsSync(log) && made() === steps)
}

/** Takes some seconds, in which the run can be looked at. */
const epochs = { epochs: 60, stepsPerEpoch: 25, engine: 'auto' }
const queue = (store: Store, folder: string, changes = {}) =>
  store.queueRuns([{ name: 'small', experiment: 'small.triplet.json', spec: smallSpec(folder, changes) }])[0]
const hasEnded = (store: Store, id: number) => () => theRun(store, id).ended !== null

describe('a spare trainer', () => {
  test('trains the next run, to the same curve as any other trainer', async () => {
    const { folder, store } = workspace()
    startServer(store, startEditor())
    const spare = await spareOf(store)
    const id = queue(store, folder, epochs)
    await until('the run trains', () => theRun(store, id).step > 0)
    expect(found(store, 'spare')).toEqual([{ pid: spare, kind: 'spare', runId: null }])
    expect(found(store, 'trainer')).toEqual([])
    // From its first step on it steps back behind the editor.
    await until('it steps back', () => getPriority(spare) === constants.priority.PRIORITY_BELOW_NORMAL)
    await until('the run ends', hasEnded(store, id))
    expect(theRun(store, id)).toMatchObject({ status: 'done', step: 1500, attempt: 1 })
    // The second after start was pressed belongs to the panel that comes up, apart from the first step.
    expect(store.rawPoints(id, 'loss').times[1] - theRun(store, id).created).toBeGreaterThanOrEqual(1_000)
    expect(existsSync(logFile(store.dir, `run-${id}`))).toBe(true)
    await until('the next one is up', () => found(store, 'spare').some(({ pid }) => pid !== spare))

    const other = workspace()
    const alike = queue(other.store, other.folder, epochs)
    spawn(process.execPath, [bundle('trainingServer'), other.store.dir], { detached: true, stdio: 'ignore' }).unref()
    await until('the other run trains', () => theRun(other.store, alike).step > 0)
    expect(found(other.store, 'trainer').map(({ pid }) => getPriority(pid))).toEqual([getPriority()])
    await until('the other run ends', hasEnded(other.store, alike))
    expect(repeatable(store, id)).toEqual(repeatable(other.store, alike))
  })

  test('makes the first step of a likely run before that is started', async () => {
    const { folder, store } = workspace()
    const likely = smallSpec(folder, { epochs: 2, engine: 'onnx-cpu' })
    const { images } = likely.dataset as { images: string }
    const onceUponATime = () => utimesSync(images, 1e9, 1e9)
    onceUponATime()
    const start = (spec: RunSpec) => store.queueRuns([{ name: 'small', experiment: 'small.triplet.json', spec }])[0]
    const lossesOf = async (id: number): Promise<number[]> => {
      await until('the run ends', hasEnded(store, id))
      expect(theRun(store, id)).toMatchObject({ status: 'done', step: 24, attempt: 1 })
      return [...store.rawPoints(id, 'loss').values]
    }
    await tellLikelySpec(store.dir, { ...likely, seed: 5 })
    startServer(store, startEditor())
    const first = await spareOf(store)
    await untilAhead(store, 1)
    const usual = await lossesOf(start(likely))

    // Somebody has changed the experiment since it was opened.
    const second = await spareOf(store, first)
    await untilAhead(store, 1)
    await tellLikelySpec(store.dir, likely)
    await untilAhead(store, 2)
    // Other pictures behind its back, which only a run that opens them now can see.
    writeFileSync(images, readFileSync(images).fill(7, 16))
    onceUponATime()
    expect(await lossesOf(start(likely))).toEqual(usual)
    await spareOf(store, second)
    await untilAhead(store, 1)
    expect(await lossesOf(start(likely))).not.toEqual(usual)
  })

  test('that is killed while it waits is replaced, and no run is lost', async () => {
    const { folder, store } = workspace()
    startServer(store, startEditor())
    const first = await spareOf(store)
    kill(first)
    const id = queue(store, folder)
    await until('the run ends', hasEnded(store, id))
    expect(theRun(store, id)).toMatchObject({ status: 'done', step: 36 })
    expect(await spareOf(store)).not.toBe(first)
  })

  test('that is killed with its run leaves it to another one, from the checkpoint', async () => {
    const { folder, store } = workspace()
    startServer(store, startEditor())
    const spare = await spareOf(store)
    const id = queue(store, folder, { epochs: 20, stepsPerEpoch: 40 })
    await until('the run trains', () => theRun(store, id).step > 100)
    kill(spare)
    await until('the run ends', hasEnded(store, id))
    expect(theRun(store, id)).toMatchObject({ status: 'done', step: 800, attempt: 2 })
  })

  test('goes with its training server, unless it has a run by then', async () => {
    const { folder, store } = workspace()
    const editor = startEditor()
    startServer(store, editor)
    await spareOf(store)
    kill(found(store, 'trainingServer')[0].pid)
    await until('nothing is left', () => processesOf(store.dir).length === 0)

    startServer(store, editor)
    const spare = await spareOf(store)
    const id = queue(store, folder, { epochs: 10_000 })
    await until('the run trains', () => theRun(store, id).step > 0)
    kill(found(store, 'trainingServer')[0].pid)
    const { step } = theRun(store, id)
    await until('it trains on', () => theRun(store, id).step > step + 50)
    expect(works(spare)).toBe(true)
    requestWish(store, id, 'stop')
    await until('the run stops', () => theRun(store, id).status === 'stopped')
  })

  test('goes when the editor has gone', async () => {
    const { store } = workspace()
    const editor = startEditor()
    startServer(store, editor)
    await spareOf(store)
    // Longer than a training server without an editor stays.
    await sleep(4_000)
    expect(found(store, 'spare')).toHaveLength(1)
    editor.kill()
    await until('nothing is left', () => processesOf(store.dir).length === 0)
    expect(existsSync(logFile(store.dir, 'spare-trainer'))).toBe(false)
  })
})

describe('a training server that waits', () => {
  test('goes when its store was moved away: runs are queued in another one by now', async () => {
    const { store } = workspace()
    startServer(store, startEditor())
    await spareOf(store)
    renameSync(databaseFile(store.dir), `${databaseFile(store.dir)}.aside`)
    await until('nothing is left', () => processesOf(store.dir).length === 0)
  })

  test('does without a spare trainer where none can be started', () => {
    const spare = new SpareTrainer(join(temporaryFolder(), 'nowhere'))
    const said = vi.spyOn(console, 'error').mockReturnValue(undefined)
    for (let i = 0; i < 10; i++) spare.prepare(null)
    expect(said).toHaveBeenCalledTimes(3)
    expect(spare.take(1)).toBeNull()
    spare.end()
  })
})

describe('an editor with an experiment', () => {
  const text = JSON.stringify({ dataset: 'emoji' })

  async function openExperiment(folder: string, trusted: boolean): Promise<(text: string) => void> {
    const client = await startClient({ folders: [folder], bundled: true, initializationOptions: { trusted } })
    onTestFinished(async () => {
      await client.stop()
    })
    const path = join(folder, 'emoji.triplet.json')
    writeFileSync(path, text)
    client.open(uriOf(path), text)
    return changed => client.change(uriOf(path), [{ text: changed }])
  }

  test('has a trainer ready where runs are stored already', async () => {
    const { folder, store } = workspace()
    await openExperiment(folder, true)
    await spareOf(store)
  })

  test('has its first step made ahead, as it is now, where it asks for one run', async () => {
    const { folder, store } = workspace()
    const change = await openExperiment(folder, true)
    const told = new LikelySpec(store.dir)
    await until('it is told', () => told.current?.seed === 1)
    change(JSON.stringify({ dataset: 'emoji', seed: 3 }))
    await until('it is told anew', () => told.current?.seed === 3)
    change(JSON.stringify({ dataset: 'emoji', seed: [1, 2] }))
    await until('nothing is likely', () => told.current === null)
  })

  test('starts nothing where the workspace is not trusted, or nothing was trained yet', async () => {
    const { folder, store } = workspace()
    const fresh = temporaryFolder()
    await openExperiment(folder, false)
    await openExperiment(fresh, true)
    await sleep(3_000)
    expect(processesOf(folder)).toEqual([])
    expect(new LikelySpec(store.dir).current).toBeNull()
    expect(readdirSync(fresh)).toEqual(['emoji.triplet.json'])
  })
})
