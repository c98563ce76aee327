/**
 * The tables, as migrations: entry i brings a store from version i to i + 1. Entries are never edited once released;
 * a change is a new entry. The version stands in SQLite's `user_version`.
 */
import { addMeans, createExtremes } from './extremes.ts'
import type { Connection } from './sqlite.ts'

const migrations: readonly string[] = [
  `
  CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    experiment TEXT NOT NULL,
    sweep_id INTEGER,
    status TEXT NOT NULL,
    wish TEXT NOT NULL DEFAULT 'run',
    attempt INTEGER NOT NULL DEFAULT 0,
    -- deaths since the last progress, and the step that counted as progress: bounds how often a run is tried again
    stalls INTEGER NOT NULL DEFAULT 0,
    stall_step INTEGER NOT NULL DEFAULT -1,
    spec TEXT NOT NULL,
    engine TEXT,
    environment TEXT,
    created INTEGER NOT NULL,
    claimed INTEGER,
    started INTEGER,
    ended INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,
    epochs INTEGER NOT NULL,
    step INTEGER NOT NULL DEFAULT 0,
    steps INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    parent_id INTEGER,
    notes TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    star INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    -- grows over the whole store with every change to a run, so that a reader asks only for what is newer
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX run_by_revision ON run(revision);
  CREATE INDEX run_by_status ON run(status, id);
  CREATE INDEX run_by_experiment ON run(experiment, id);

  CREATE TABLE removed_run (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT;

  CREATE TABLE metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

  -- value is NULL where it was not a finite number
  CREATE TABLE point (
    run_id INTEGER NOT NULL,
    metric_id INTEGER NOT NULL,
    step INTEGER NOT NULL,
    value REAL,
    time INTEGER NOT NULL,
    PRIMARY KEY (run_id, metric_id, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE summary (
    metric_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    count INTEGER NOT NULL,
    first_step INTEGER NOT NULL,
    last REAL NOT NULL, last_step INTEGER NOT NULL,
    min REAL NOT NULL, min_step INTEGER NOT NULL,
    max REAL NOT NULL, max_step INTEGER NOT NULL,
    PRIMARY KEY (metric_id, run_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX summary_by_run ON summary(run_id);

  CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_by_run ON event(run_id, id);

  -- what is larger than a number: histograms, hardest triplets, projections
  CREATE TABLE detail (
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    step INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run_id, kind, step)
  ) STRICT;
  `,
  `
  CREATE TABLE sweep (
    id INTEGER PRIMARY KEY,
    experiment TEXT NOT NULL,
    plan TEXT NOT NULL,
    status TEXT NOT NULL,
    wish TEXT NOT NULL,
    message TEXT,
    created INTEGER NOT NULL,
    ended INTEGER
  ) STRICT;
  CREATE INDEX sweep_by_status ON sweep(status, id);

  -- the key is what keeps a combination from being run twice, whoever dies when
  CREATE TABLE trial (
    sweep_id INTEGER NOT NULL REFERENCES sweep(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    repeat INTEGER NOT NULL,
    run_id INTEGER NOT NULL UNIQUE REFERENCES run(id) ON DELETE CASCADE,
    assignment TEXT NOT NULL,
    retries INTEGER NOT NULL DEFAULT 0,
    rung INTEGER NOT NULL DEFAULT -1,
    held TEXT,
    released INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sweep_id, number, repeat)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_by_sweep ON run(sweep_id) WHERE sweep_id IS NOT NULL;
  `,
  createExtremes,
  addMeans,
  `
  -- the higher comes first; what a run computes with is kept, since another number of threads changes its last digits
  ALTER TABLE run ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE run ADD COLUMN threads INTEGER;
  ALTER TABLE run ADD COLUMN device TEXT;
  ALTER TABLE sweep ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;

  -- what holds for the whole store, as JSON: how many runs train at the same time
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `,
  `
  -- where a person has put it in the sidebar: a heading below its experiment, and a place among its neighbours
  ALTER TABLE run ADD COLUMN heading TEXT NOT NULL DEFAULT '';
  ALTER TABLE run ADD COLUMN place REAL;
  -- when it was deleted, milliseconds since 1970: it can be restored until the trash is emptied
  ALTER TABLE run ADD COLUMN trashed INTEGER;
  -- whether a window has said that it ended
  ALTER TABLE run ADD COLUMN noticed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX run_in_trash ON run(trashed) WHERE trashed IS NOT NULL;

  -- which store this is, and under which name a run or sweep that was imported is known everywhere
  CREATE TABLE identity (store TEXT NOT NULL) STRICT;
  INSERT INTO identity VALUES (lower(hex(randomblob(16))));
  CREATE TABLE origin (
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (kind, id),
    UNIQUE (kind, origin)
  ) STRICT, WITHOUT ROWID;
  `,
]

/** The version that this program writes. */
export const storeVersion = migrations.length
/** Marks the file as ours ("TRIP"). */
export const applicationId = 0x54524950

export function readVersion(connection: Connection): { version: number; application: number; empty: boolean } {
  const version = Number(connection.get('PRAGMA user_version')?.['user_version'] ?? 0)
  const application = Number(connection.get('PRAGMA application_id')?.['application_id'] ?? 0)
  const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')?.['n'] ?? 0)
  return { version, application, empty: tables === 0 }
}

/** Brings the store to `storeVersion`; several processes may try at once. */
export function migrate(connection: Connection): void {
  connection.transaction(() => {
    const { version } = readVersion(connection)
    for (const migration of migrations.slice(version)) connection.exec(migration)
    connection.exec(`PRAGMA user_version = ${storeVersion}; PRAGMA application_id = ${applicationId}`)
  })
}
