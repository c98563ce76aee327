/** What the store holds after a power cut: every commit that had returned, and nothing of one that had not. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { databaseFile, prepareFolder } from '../../server/store/layout.ts'
import { rawDatabase } from '../../server/store/sqlite.ts'
import { openStore, type Store } from '../../server/store/store.ts'
import { copyDatabase, frameLength, integrity, tearLog, writeAheadLog } from './disk.ts'
import { opened, points, queued, temporaryFolder } from './helpers.ts'

const rounds = 6

/** What a sweep writes in one commit: a run, its trial, and points of the run before; several pages. */
function write(store: Store, sweepId: number, round: number): void {
  store.transaction(() => {
    const [id] = queued(store)
    store.addTrial(sweepId, round, 0, id, { 'loss.margin': round / 10 })
    const values = Array.from({ length: 400 }, (_, i) => round + i / 1_000)
    for (const metric of ['loss', 'hard', 'easy', 'semiHard']) store.appendPoints(id, [points(metric, values)])
  })
}

const held = (store: Store) => ({
  trials: store.trials(1),
  runs: store.runs().map(run => ({ id: run.id, points: store.series(run.id) })),
})

/** Opens what lies on the disk, as after a restart. */
function afterRestart<T>(dir: string, look: (store: Store) => T): T {
  const result = openStore(dir)
  if (result.kind !== 'opened') throw new Error(JSON.stringify(result))
  try {
    return look(result.store)
  } finally {
    result.store.close()
  }
}

function written() {
  const dir = temporaryFolder()
  const store = opened(dir)
  const sweepId = store.addSweep('emoji.triplet.json', {})
  for (let round = 0; round < rounds - 1; round++) write(store, sweepId, round)
  const before = { state: held(store), log: readFileSync(writeAheadLog(dir)).length }
  write(store, sweepId, rounds - 1)
  return { dir, store, before, after: held(store) }
}

/** An empty store folder; what was in it is forgotten. */
function emptied(dir: string): string {
  prepareFolder(dir)
  for (const end of ['', '-wal', '-shm']) rmSync(databaseFile(dir) + end, { force: true })
  return dir
}

describe('a power cut', () => {
  test('in the middle of a commit leaves all commits before it, wherever the log is torn', () => {
    const { dir, before, after } = written()
    const log = readFileSync(writeAheadLog(dir))
    expect(log.length - before.log).toBeGreaterThan(2 * frameLength(dir))
    const disk = temporaryFolder()
    const random = Random.fromSeed(1)
    // Up to the head of the last page: what is behind it may be zeros anyway.
    const lastPage = log.length - frameLength(dir)
    const anywhere = Array.from({ length: 20 }, () => before.log + random.below(lastPage - before.log))
    const lengths = [before.log, before.log + 1, lastPage, lastPage + 12, ...anywhere]
    for (const length of lengths)
      for (const rest of ['missing', 'zeros', 'noise'] as const) {
        copyDatabase(dir, emptied(disk))
        const tail = rest === 'missing' ? Buffer.alloc(0) : Buffer.alloc(log.length - length)
        if (rest === 'noise') for (let i = 0; i < tail.length; i++) tail[i] = random.below(256)
        writeFileSync(writeAheadLog(disk), Buffer.concat([log.subarray(0, length), tail]))
        expect(afterRestart(disk, held), `${length} bytes, the rest ${rest}`).toEqual(before.state)
        expect(integrity(disk)).toBe('ok')
      }
    copyDatabase(dir, emptied(disk))
    tearLog(disk)
    expect(afterRestart(disk, held)).toEqual(after)
    expect(integrity(disk)).toBe('ok')
  })

  test('while the log is brought into the database loses nothing, whichever pages had arrived', () => {
    const { dir, store, after } = written()
    const old = readFileSync(databaseFile(dir))
    const checkpoint = rawDatabase(databaseFile(dir))
    checkpoint.exec('PRAGMA wal_checkpoint(PASSIVE)')
    const now = readFileSync(databaseFile(dir))
    const disk = temporaryFolder()
    const page = frameLength(dir) - 24
    expect(now.length).toBeGreaterThan(old.length)
    const random = Random.fromSeed(2)
    for (let round = 0; round < 20; round++) {
      copyDatabase(dir, emptied(disk))
      const mixed = Buffer.alloc(now.length)
      old.copy(mixed)
      // Pages arrive in any order, some only in part.
      for (let at = 0; at < now.length; at += page) {
        const chance = random.uniform()
        const part = chance < 0.4 ? page : chance < 0.6 ? 512 * random.below(page / 512) : 0
        now.copy(mixed, at, at, at + part)
      }
      writeFileSync(databaseFile(disk), mixed)
      expect(afterRestart(disk, held)).toEqual(after)
      expect(integrity(disk)).toBe('ok')
    }
    checkpoint.close()
    // And it goes on from there.
    write(store, 1, rounds)
    expect(held(store).trials).toHaveLength(rounds + 1)
  })
})
