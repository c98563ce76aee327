/**
 * Liveness: a process holds an exclusive lock on a small file for its whole life, and anyone can try whether it does.
 * The kernel releases the lock on any death, also by kill -9 or a power cut; a process id would prove nothing.
 * SQLite takes the lock, because it knows how on every platform.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { isBusy, rawDatabase, retry } from './sqlite.ts'

export interface Lock {
  release(): void
}

/** @returns `null` when another process holds it; a passing probe is waited for */
export function takeLock(file: string, patienceMs = 300): Lock | null {
  mkdirSync(dirname(file), { recursive: true })
  const database = rawDatabase(file)
  try {
    retry(() => database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE'), patienceMs)
  } catch (error) {
    database.close()
    if (isBusy(error)) return null
    throw error
  }
  return { release: () => database.close() }
}

/** Whether some process holds the lock right now. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false
  const database = rawDatabase(file)
  try {
    database.exec('BEGIN; SELECT count(*) FROM sqlite_schema; COMMIT')
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    database.close()
  }
}
