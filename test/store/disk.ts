/** The store's files as a disk holds them after the power went: what was written, what was torn, what was never there. */
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { databaseFile } from '../../server/store/layout.ts'
import { rawDatabase } from '../../server/store/sqlite.ts'

export const writeAheadLog = (dir: string) => `${databaseFile(dir)}-wal`
const headerLength = 32
const frameHeaderLength = 24

/** Length of a page with its frame header. */
export function frameLength(dir: string): number {
  return frameHeaderLength + readFileSync(writeAheadLog(dir)).readUInt32BE(8)
}

/** Copies a store's files into another folder, as they lie on the disk at this moment. */
export function copyDatabase(from: string, to: string): void {
  copyFileSync(databaseFile(from), databaseFile(to))
  copyFileSync(writeAheadLog(from), writeAheadLog(to))
}

/**
 * A commit that was on its way to the disk: one and a half pages of it have arrived, as if the log went on with them. The
 * index of the log lived in memory, and is gone.
 */
export function tearLog(dir: string): void {
  const file = writeAheadLog(dir)
  rmSync(`${databaseFile(dir)}-shm`, { force: true })
  if (!existsSync(file)) return
  const log = readFileSync(file)
  const length = frameLength(dir)
  const whole = Math.floor((log.length - headerLength) / length)
  if (whole < 1) return
  const frame = Buffer.from(log.subarray(headerLength + (whole - 1) * length, headerLength + whole * length))
  // Its checksum goes on from the frame before it, so that of a copy is wrong, as that of a torn frame is.
  appendFileSync(file, Buffer.concat([frame, frame.subarray(0, Math.floor(length / 2))]))
}

/** What SQLite finds when it looks at every page: `ok`. */
export function integrity(dir: string): unknown {
  const database = rawDatabase(join(databaseFile(dir)))
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}
