import { spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logFile, runFolder } from '../../server/store/layout.ts'
import type { Store } from '../../server/store/store.ts'
import { integrity, tearLog } from '../store/disk.ts'
import { opened } from '../store/helpers.ts'
import { bundle, kill, processesOf, runCli, stop, until, workspace, works } from './processes.ts'
import { writeSweep } from './sweepFile.ts'

/**
 * Every process at once, in the middle of whatever it does; then the disk as it is after that: the log of the store torn
 * behind the last commit, its index gone, and files that were being written there in part. What was forced to the disk is
 * there: a commit of the store that has returned, and a checkpoint that has its name.
 */
async function cutPower(store: Store): Promise<Store> {
  const { dir } = store
  await until('a run is trained', () => processesOf(dir).some(found => found.kind === 'trainer'))
  const all = processesOf(dir)
  for (const { pid } of all) stop(pid)
  await until('everything stands still', () => all.every(({ pid }) => !works(pid)))
  const disk = `${dir}-after`
  cpSync(dir, disk, { recursive: true })
  for (const { pid } of all) kill(pid)
  await until('everything is gone', () => processesOf(dir).length === 0)
  store.close()
  rmSync(dir, { recursive: true, force: true })
  renameSync(disk, dir)

  tearLog(dir)
  for (const { runId } of all) {
    if (runId === null || !existsSync(runFolder(dir, runId))) continue
    const last = join(runFolder(dir, runId), 'last.checkpoint')
    const whole = existsSync(last) ? readFileSync(last) : Buffer.alloc(1_000, 7)
    writeFileSync(`${last}.writing`, whole.subarray(0, Math.floor(whole.length / 2)))
    writeFileSync(logFile(dir, `run-${runId}`), Buffer.alloc(100))
  }
  return opened(dir)
}

describe('a sweep', () => {
  it('of 60 runs, its training server killed twice and the power cut twice, has 60 results, none twice', async () => {
    const { folder, store: first } = workspace()
    let store = first
    const margins = { values: Array.from({ length: 20 }, (_, i) => (i + 1) / 20) }
    const file = writeSweep(folder, { loss: { margin: margins }, sweep: { repeats: 3 } })
    // Whoever started it is gone at once, as a window that is closed.
    expect((await runCli(folder, 'sweep', file, '--detach')).status).toBe(0)
    const serve = () => {
      const args = [bundle('trainingServer'), store.dir, '--slots', '3']
      spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
    }
    const servers = () => processesOf(store.dir).filter(found => found.kind === 'trainingServer')
    const done = () => store.runs({ statuses: ['done'], metrics: [] }).length
    for (const some of [8, 25]) {
      await until(`${some} runs are done`, () => done() >= some, 120_000)
      for (const { pid } of servers()) kill(pid)
      await until('the server is gone', () => servers().length === 0)
      serve()
    }
    for (const some of [35, 48]) {
      await until(`${some} runs are done`, () => done() >= some, 120_000)
      const before = done()
      store = await cutPower(store)
      expect(integrity(store.dir)).toBe('ok')
      expect(done()).toBeGreaterThanOrEqual(before)
      // The machine is on again, and a window opens.
      serve()
    }
    await until('the sweep ends', () => store.sweep(1)?.status === 'done', 300_000)
    const runs = store.runs({ sweepId: 1 })
    expect(runs.map(run => run.status)).toEqual(runs.map(() => 'done'))
    expect(new Set(runs.map(run => `${run.spec.loss.margin} ${run.spec.seed}`)).size).toBe(60)
    expect(runs).toHaveLength(60)
    for (const run of runs) {
      expect(run.step).toBe(8)
      expect(store.series(run.id, { metrics: ['loss'] })[0].steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    }
  }, 600_000)
})
