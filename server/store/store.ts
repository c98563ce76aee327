/**
 * The store of a workspace: the only place where the processes of Triplet Lab meet, and the only folder that knows SQL.
 * One SQLite file in WAL mode, where a commit is on the disk when it returns.
 */
import * as l10n from '@vscode/l10n'
import { existsSync } from 'node:fs'
import { eventQueries } from './events.ts'
import { importQueries } from './imports.ts'
import { databaseFile, prepareFolder } from './layout.ts'
import { pointQueries } from './points.ts'
import { runQueries } from './runs.ts'
import { applicationId, migrate, readVersion, storeVersion } from './schema.ts'
import { settingQueries } from './settings.ts'
import { Connection, isBusy, nodeCanStore, oldestNode, rawDatabase, retry, sqliteCode } from './sqlite.ts'
import { sweepQueries } from './sweeps.ts'
import { createTail, type Tail } from './tail.ts'
import { trashQueries } from './trash.ts'

export type Store = ReturnType<typeof runQueries> &
  ReturnType<typeof pointQueries> &
  ReturnType<typeof eventQueries> &
  ReturnType<typeof sweepQueries> &
  ReturnType<typeof settingQueries> &
  ReturnType<typeof trashQueries> &
  ReturnType<typeof importQueries> & {
    /** The folder, `.triplet-lab`. */
    readonly dir: string
    /** Several writes as one: all or nothing, and on the disk when it returns. */
    transaction<T>(body: () => T): T
    /** Reads on as other processes write. */
    tail(): Tail
    close(): void
  }

export type OpenedStore =
  | { readonly kind: 'opened'; readonly store: Store }
  /** Nothing has been stored here yet; only when it was not to be created. */
  | { readonly kind: 'absent' }
  /** It cannot be used; `message` says why and what to do, for people. */
  | { readonly kind: 'refused'; readonly message: string }

/**
 * Opens the store in a folder.
 *
 * @param dir the folder, usually `.triplet-lab` in the workspace
 * @param options `create: false` leaves a workspace without a store as it is
 */
export function openStore(dir: string, options: { readonly create?: boolean } = {}): OpenedStore {
  if (!nodeCanStore(process.versions.node))
    return refused(
      l10n.t(
        'Runs are stored with Node {0} or newer; this is Node {1}. Install a newer Node from nodejs.org, or name one in TRIPLET_LAB_NODE.',
        oldestNode.join('.'),
        process.versions.node,
      ),
    )
  const file = databaseFile(dir)
  if (options.create === false && !existsSync(file)) return { kind: 'absent' }
  try {
    prepareFolder(dir)
    const connection = connect(file)
    return connection instanceof Connection ? { kind: 'opened', store: assemble(dir, connection) } : connection
  } catch (error) {
    return refused(explain(error, file))
  }
}

/** Opens the file, having looked whether it is ours before changing anything in it. */
function connect(file: string): Connection | OpenedStore {
  const connection = new Connection(rawDatabase(file))
  const { version, application, empty } = retry(() => readVersion(connection))
  if (version > storeVersion) {
    connection.close()
    return refused(
      l10n.t(
        '{0} was written by a newer Triplet Lab (format {1}; this one knows up to {2}). Update Triplet Lab, or choose another store folder.',
        file,
        version,
        storeVersion,
      ),
    )
  }
  if (!empty && application !== applicationId) {
    connection.close()
    return refused(l10n.t('{0} is not a store of Triplet Lab. Choose another store folder.', file))
  }
  connection.exec('PRAGMA journal_mode = WAL')
  connection.exec(
    `PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON;
     ${process.platform === 'darwin' ? 'PRAGMA fullfsync = 1;' : ''}`,
  )
  if (version < storeVersion) migrate(connection)
  return connection
}

function assemble(dir: string, connection: Connection): Store {
  return {
    ...runQueries(connection),
    ...pointQueries(connection),
    ...eventQueries(connection),
    ...sweepQueries(connection),
    ...settingQueries(connection),
    ...trashQueries(connection),
    ...importQueries(connection),
    dir,
    transaction: body => connection.transaction(body),
    tail() {
      const own = connect(databaseFile(dir))
      if (!(own instanceof Connection)) throw new Error(`The store in ${dir} was replaced while it was open.`)
      return createTail(own)
    },
    close: () => connection.close(),
  }
}

const refused = (message: string): OpenedStore => ({ kind: 'refused', message })

/** SQLite's codes and the file system's, in words. */
export function explain(error: unknown, file: string): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (isBusy(error)) return l10n.t('{0} is locked by another program. Close it and try again.', file)
  switch (sqliteCode(error)) {
    case 8:
      return l10n.t('{0} cannot be written to. Check its permissions.', file)
    case 11:
    case 26:
      return l10n.t('{0} is damaged or not a store of Triplet Lab. Move it away; a new one is made.', file)
    case 13:
      return l10n.t('The disk is full: {0} cannot grow. Free some space and try again.', file)
    default:
      return l10n.t('{0} cannot be opened: {1}.', file, reason)
  }
}
