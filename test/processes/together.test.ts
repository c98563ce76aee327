/**
 * Two windows and a terminal at one store, each a real process: they agree within a second, and whatever they do at the
 * same time, no run goes that was not meant.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  annotateRuns,
  emptyTrash,
  listTrash,
  importRuns,
  listRuns,
  type RequestType,
  restoreRuns,
  runEvents,
  startAgain,
  trashRuns,
} from '../../protocol/requests.ts'
import { runFolder, serverLockFile } from '../../server/store/layout.ts'
import { takeLock } from '../../server/store/lock.ts'
import type { Store } from '../../server/store/store.ts'
import { startClient, type TestClient } from '../languageServer/client.ts'
import { points, queued } from '../store/helpers.ts'
import { runCli, startCli, until, workspace } from './processes.ts'

/** A language server, as a window has one, and what it has said of the runs. */
interface Window {
  readonly client: TestClient
  /** By id, as the window shows them. */
  readonly rows: Map<number, { archived: boolean; heading: string; status: string }>
  ask<P extends v.GenericSchema, R extends v.GenericSchema>(
    type: RequestType<P, R>,
    params: v.InferInput<P>,
  ): Promise<v.InferOutput<R>>
}

async function openWindow(folder: string): Promise<Window> {
  const client = await startClient({ folders: [folder], bundled: true })
  onTestFinished(async () => {
    if (client.process.exitCode === null && client.process.signalCode === null) await client.stop()
  })
  const window: Window = {
    client,
    rows: new Map(),
    ask: async (type, params) => v.parse(type.result, await client.connection.sendRequest(type.method, params)),
  }
  client.connection.onNotification(runEvents.method, (params: unknown) => {
    for (const delta of v.parse(runEvents.params, params).deltas) {
      if (delta.kind !== 'runs') continue
      for (const run of delta.changed) window.rows.set(run.id, run)
      for (const id of delta.removed) window.rows.delete(id)
    }
  })
  for (const run of (await window.ask(listRuns, { metrics: [] })).runs) window.rows.set(run.id, run)
  return window
}

/** A store with runs that have ended, and two windows on it. No training server comes up. */
async function twoWindows(count: number) {
  const { folder, store } = workspace()
  const lock = takeLock(serverLockFile(store.dir))
  onTestFinished(() => lock?.release())
  const ids = queued(store, count)
  for (const id of ids) {
    store.appendPoints(id, [points('loss', [3, 2, id])])
    store.setStatus(id, 'done')
    mkdirSync(runFolder(store.dir, id), { recursive: true })
    writeFileSync(join(runFolder(store.dir, id), 'last.checkpoint'), `checkpoint of ${id}`)
  }
  const [a, b] = [await openWindow(folder), await openWindow(folder)]
  const refer = (runs: readonly number[]) => runs.map(id => ({ id, created: store.run(id)?.created ?? -1 }))
  return { folder, store, ids, a, b, refer }
}

/** A run with its points and its checkpoint. */
function isWhole(store: Store, id: number): boolean {
  const file = join(runFolder(store.dir, id), 'last.checkpoint')
  return (
    store.rawPoints(id, 'loss').values.join() === `3,2,${id}` &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === `checkpoint of ${id}`
  )
}

describe('two windows on one folder', () => {
  it('agree within a second, whatever one of them does', async () => {
    const { store, a, b, refer } = await twoWindows(3)
    const seen = (what: string, condition: () => boolean) => until(what, condition, 1000)
    await a.ask(annotateRuns, { runIds: [1, 2], archived: true, heading: 'paper' })
    await seen('b knows of the archive', () => b.rows.get(2)?.archived === true && b.rows.get(1)?.heading === 'paper')
    await b.ask(trashRuns, { runs: refer([2]) })
    await seen('a no longer has what b deleted', () => !a.rows.has(2))
    await a.ask(restoreRuns, { runIds: [2] })
    await seen('b has what a restored', () => b.rows.get(2)?.archived === true)
    const { runIds } = await b.ask(startAgain, { runIds: [3] })
    await seen('a has what b started', () => a.rows.get(runIds[0])?.status === 'queued')
    expect([1, 2, 3].every(id => isWhole(store, id))).toBe(true)
  })

  it('deleting the same and different runs at once delete those, once, and keep all others', async () => {
    const { store, ids, a, b, refer } = await twoWindows(60)
    const mine = ids.filter(id => id % 3 === 0)
    const yours = ids.filter(id => id % 3 === 0 || id % 5 === 0)
    const answers = await Promise.all([
      a.ask(trashRuns, { runs: refer(mine) }),
      b.ask(trashRuns, { runs: refer(yours) }),
      a.ask(annotateRuns, { runIds: ids, archived: true }),
      b.ask(annotateRuns, { runIds: ids, star: true }),
    ])
    const gone = [...answers[0].trashed, ...answers[1].trashed]
    expect(gone.toSorted((x, y) => x - y)).toEqual(ids.filter(id => id % 3 === 0 || id % 5 === 0))
    // One empties the trash while the other takes some of it back: what came back is whole.
    const back = mine.slice(0, 7)
    const { runs } = await b.ask(listTrash, {})
    const [{ restored }, { removed }] = await Promise.all([
      a.ask(restoreRuns, { runIds: back }),
      b.ask(emptyTrash, { runs }),
    ])
    expect(restored.length + removed).toBe(gone.length)
    const left = store.runs()
    const expected = ids.filter(id => !gone.includes(id) || restored.includes(id))
    expect(left.map(run => run.id).toSorted((x, y) => x - y)).toEqual(expected)
    expect(left.filter(run => !isWhole(store, run.id))).toEqual([])
    for (const run of left.filter(one => !gone.includes(one.id)))
      expect(run).toMatchObject({ archived: true, star: true })
  })

  it('never delete a run that was started again meanwhile', async () => {
    const { store, ids, a, refer } = await twoWindows(40)
    const meant = refer(ids)
    // Another process puts runs back in line, as a terminal does, while this window deletes all.
    const asked = a.ask(trashRuns, { runs: meant })
    for (const id of ids) store.requeue(id)
    const { trashed } = await asked
    for (const id of ids) {
      const run = store.run(id)
      if (trashed.includes(id)) expect(run).toBeNull()
      else expect(run?.status).toBe('queued')
    }
    expect(trashed.length + store.runs().length).toBe(ids.length)
  })
})

describe('importing', () => {
  it('the same file from two windows and a terminal at once brings every run once', async () => {
    const from = await twoWindows(30)
    const file = join(from.folder, 'runs.jsonl')
    expect((await runCli(from.folder, 'export', '--out', file, '--checkpoints', '--json')).stdout).toContain(
      '"runs":30',
    )
    const { folder, store, a, b } = await twoWindows(4)
    const [first, second, third] = await Promise.all([
      a.ask(importRuns, { path: file }),
      b.ask(importRuns, { path: file }),
      runCli(folder, 'import', file, '--json'),
    ])
    const terminal = JSON.parse(third.stdout) as { added: number[]; known: number }
    expect(first.added + second.added + terminal.added.length).toBe(30)
    expect(first.known + second.known + terminal.known).toBe(60)
    expect(store.runs()).toHaveLength(34)
    expect([1, 2, 3, 4].every(id => isWhole(store, id))).toBe(true)
    const imported = store.runs().filter(run => run.id > 4)
    expect(imported.map(run => store.rawPoints(run.id, 'loss').values[2]).toSorted((x, y) => x - y)).toEqual(from.ids)
  })

  it('that is killed leaves whole runs, and goes on where it was when it is asked again', async () => {
    const from = await twoWindows(80)
    for (const id of from.ids)
      from.store.appendPoints(id, [
        points(
          'hard',
          Array.from({ length: 2000 }, (_, i) => i / id),
        ),
      ])
    const file = join(from.folder, 'runs.jsonl')
    await runCli(from.folder, 'export', '--out', file)
    const { folder, store } = workspace()
    const { child, finished } = startCli(folder, ['import', file])
    await until('some runs came', () => store.runs({ metrics: [] }).length > 5)
    child.kill('SIGKILL')
    await finished
    const before = store.runs()
    expect(before.length).toBeLessThan(80)
    for (const run of before) expect(store.rawPoints(run.id, 'hard').values).toHaveLength(2000)
    const again = JSON.parse((await runCli(folder, 'import', file, '--json')).stdout) as {
      added: number[]
      known: number
    }
    expect([again.known, again.added.length]).toEqual([before.length, 80 - before.length])
    expect(store.runs()).toHaveLength(80)
    for (const run of store.runs()) expect(store.rawPoints(run.id, 'hard').values).toHaveLength(2000)
  })
})

describe('the terminal', () => {
  it('filters as the sidebar does, compares, and exports what passes', async () => {
    const { folder, store } = await twoWindows(5)
    store.annotate(2, { tags: ['paper'], name: 'the one' })
    store.annotate(4, { archived: true })
    const listed = async (...args: string[]) => {
      const { runs } = JSON.parse((await runCli(folder, 'runs', '--json', ...args)).stdout) as {
        runs: { id: number }[]
      }
      return runs.map(run => run.id)
    }
    expect(await listed()).toEqual([5, 3, 2, 1])
    expect(await listed('--filter', 'tag:paper')).toEqual([2])
    expect(await listed('--filter', 'loss<3 -tag:paper', '--archived')).toEqual([5, 4, 3, 1])
    expect(await listed('--sort', 'metric', '--metric', 'loss', '--limit', '2')).toEqual([1, 5])
    expect(await runCli(folder, 'runs', '--filter', 'bogus>1')).toMatchObject({ status: 2, stdout: '' })
    expect((await runCli(folder, 'compare', '1', '2')).stdout).toMatch(
      /#\s+run\s+loss\n1\s+run 0\s+1.00 \*\n2\s+the one\s+2.00\n/,
    )
    expect((await runCli(folder, 'compare', '--filter', 'tag:paper', '--format', 'latex')).stdout).toContain(
      'the one &',
    )
    expect((await runCli(folder, 'compare', '1', '77')).status).toBe(2)
    expect((await runCli(folder, 'export', '2', '--format', 'csv', '--out', 'one.csv')).status).toBe(0)
    expect(readFileSync(join(folder, 'one.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(2)
    expect((await runCli(folder, 'export', '--filter', 'tag:none')).status).toBe(2)
  })
})
