/**
 * The thin layer over Node's built-in SQLite that every query goes through: one connection, prepared statements kept,
 * transactions, and patience with other processes.
 *
 * SQLite's own busy timeout starves writers when several are at work, because its waits grow; a short wait with jitter
 * around BEGIN IMMEDIATE and COMMIT is fair (see docs/adr).
 */
import type * as Sqlite from 'node:sqlite'
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

export type Row = Record<string, SQLOutputValue>
export type Value = SQLInputValue

/** The oldest Node whose `node:sqlite` needs no flag. */
export const oldestNode = [22, 13] as const

/** Whether a Node of this version (`24.1.0`, with or without `v`) can open a store. */
export function nodeCanStore(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** `node:sqlite`, or `null` where this Node has none. Its "experimental" warning is not for our users. */
function loadSqlite(): typeof Sqlite | null {
  if (!nodeCanStore(process.versions.node)) return null
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

let sqlite: typeof Sqlite | null | undefined
/** @throws Error on a Node without SQLite: callers ask `nodeCanStore` first */
export function rawDatabase(file: string, readOnly = false): DatabaseSync {
  sqlite ??= loadSqlite()
  if (!sqlite)
    throw new Error(`Node ${process.versions.node} has no SQLite: ${oldestNode.join('.')} or newer is needed.`)
  return new sqlite.DatabaseSync(file, { timeout: 0, readOnly })
}

/** Another process holds the lock right now (SQLITE_BUSY or SQLITE_LOCKED, with or without extended code). */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === 5 || code === 6
}

/** SQLite's primary result code, or `null` for errors that are not SQLite's. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

const waitCell = new Int32Array(new SharedArrayBuffer(4))
const patience = 30_000

/** Calls `attempt` until the lock is free, waiting 0.3–3 ms between tries. */
export function retry<T>(attempt: () => T, patienceMs = patience): T {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      // The nanoseconds of the clock are jitter enough, and keep Math.random out of processes that must be repeatable.
      Atomics.wait(waitCell, 0, 0, 0.3 + Number(process.hrtime.bigint() % 2700n) / 1000)
    }
  }
}

export class Connection {
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private inTransaction = false

  constructor(database: DatabaseSync) {
    this.database = database
  }

  exec(sql: string): void {
    retry(() => this.database.exec(sql))
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.patiently(() => this.prepare(sql).all(...values))
  }

  /** Rows as lists of their values, in the order of the columns: where Node can do without objects, thousands cost half. */
  lists(sql: string, ...values: Value[]): SQLOutputValue[][] {
    const statement = this.prepare(sql)
    // Since Node 24 and 22.16.
    if ('setReturnArrays' in statement) statement.setReturnArrays(true)
    const rows: (Row | SQLOutputValue[])[] = this.patiently(() => statement.all(...values))
    return rows.map(row => (Array.isArray(row) ? row : Object.values(row)))
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.patiently(() => this.prepare(sql).get(...values))
  }

  /** @returns how many rows changed */
  run(sql: string, ...values: Value[]): number {
    return Number(this.patiently(() => this.prepare(sql).run(...values)).changes)
  }

  /** A kept statement, for loops that run it thousands of times; only inside `transaction`. */
  prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql)
    if (!statement) {
      statement = this.database.prepare(sql)
      this.statements.set(sql, statement)
    }
    return statement
  }

  /** All or nothing; durable when it returns. Transactions inside one another join the outer one. */
  transaction<T>(body: () => T): T {
    return this.within('BEGIN IMMEDIATE', body)
  }

  /** Reads that see the store at one moment. */
  snapshot<T>(body: () => T): T {
    return this.within('BEGIN', body)
  }

  private within<T>(begin: string, body: () => T): T {
    if (this.inTransaction) return body()
    retry(() => this.database.exec(begin))
    this.inTransaction = true
    try {
      const result = body()
      retry(() => this.database.exec('COMMIT'))
      return result
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      throw error
    } finally {
      this.inTransaction = false
    }
  }

  close(): void {
    this.statements.clear()
    this.database.close()
  }

  private patiently<T>(attempt: () => T): T {
    return this.inTransaction ? attempt() : retry(attempt)
  }
}
