import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { databaseFile, prepareFolder } from '../../server/store/layout.ts'
import { isLocked, takeLock } from '../../server/store/lock.ts'
import { nodeCanStore, rawDatabase } from '../../server/store/sqlite.ts'
import { openStore, type OpenedStore } from '../../server/store/store.ts'
import { opened, queued, temporaryFolder } from './helpers.ts'

const refusal = (result: OpenedStore) => (result.kind === 'refused' ? result.message : result.kind)

it('makes a folder that git ignores, and leaves a workspace without a store alone when asked to', () => {
  const dir = join(temporaryFolder(), '.triplet-lab')
  expect(openStore(dir, { create: false })).toEqual({ kind: 'absent' })
  expect(existsSync(dir)).toBe(false)
  opened(dir)
  expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('*\n')
  expect(openStore(dir, { create: false }).kind).toBe('opened')
})

it('keeps everything when it is opened again', () => {
  const dir = temporaryFolder()
  const store = opened(dir)
  queued(store, 3)
  store.close()
  expect(opened(dir).runs()).toHaveLength(3)
})

it('refuses a store of a newer version with a sentence, and changes nothing in it', () => {
  const dir = temporaryFolder()
  const store = opened(dir)
  queued(store)
  store.close()
  const raw = rawDatabase(databaseFile(dir))
  raw.exec('PRAGMA user_version = 999; PRAGMA journal_mode = DELETE')
  raw.close()
  const before = readFileSync(databaseFile(dir))
  const result = openStore(dir)
  expect(refusal(result)).toContain('newer Triplet Lab (format 999')
  expect(readFileSync(databaseFile(dir)).equals(before)).toBe(true)
})

it("refuses other people's databases and files that are none", () => {
  const foreign = temporaryFolder()
  const raw = rawDatabase(databaseFile(foreign))
  raw.exec('CREATE TABLE recipe(name)')
  raw.close()
  expect(refusal(openStore(foreign))).toContain('not a store')

  const garbage = temporaryFolder()
  prepareFolder(garbage)
  writeFileSync(databaseFile(garbage), 'x'.repeat(5000))
  expect(refusal(openStore(garbage))).toContain('Move it away')
})

it('knows from which Node on there is SQLite', () => {
  expect(['v20.19.0', '22.12.0', '22.13.0', 'v24.1.0', '23.0.0'].map(nodeCanStore)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ])
})

it('lends a lock to one holder at a time', () => {
  const file = join(temporaryFolder(), 'locks', 'some.lock')
  expect(isLocked(file)).toBe(false)
  const lock = takeLock(file)
  expect(isLocked(file)).toBe(true)
  expect(takeLock(file, 20)).toBeNull()
  lock?.release()
  expect(isLocked(file)).toBe(false)
  takeLock(file)?.release()
})
