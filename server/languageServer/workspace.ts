/** All workspace folders of a client, and what its documents and runs belong to. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunDelta, RunRow } from '../../protocol/runEvent.ts'
import { storeFolderName } from '../store/layout.ts'
import { DeltaBuffer } from './deltaBuffer.ts'
import { packRuns, type PackedRuns, type SummaryTable } from '../../protocol/packedRuns.ts'
import { fromPublicId, publicDelta, publicRun, toPublicId } from './runIds.ts'
import { type FolderEvents, WorkspaceFolder } from './workspaceFolder.ts'

export interface WorkspaceEvents {
  /** What changed in any folder: at most every 100 ms, with public ids. */
  readonly onDeltas: (deltas: readonly RunDelta[]) => void
  readonly onTrouble: (message: string) => void
}

/** Where a document's runs are stored and under which name. */
export interface Home {
  readonly folder: WorkspaceFolder
  /** Relative to the folder, with `/`. */
  readonly experiment: string
}

const flushEvery = 100

export class Workspace {
  readonly #folders = new Map<string, WorkspaceFolder>()
  readonly #byIndex: WorkspaceFolder[] = []
  readonly #buffer = new DeltaBuffer()
  readonly #events: WorkspaceEvents
  readonly #trusted: () => boolean
  #flush: NodeJS.Timeout | undefined
  #flushed = 0

  constructor(trusted: () => boolean, events: WorkspaceEvents) {
    this.#trusted = trusted
    this.#events = events
  }

  /** @param announces whether the client is told of the runs in it, since it has asked for all runs before */
  add(path: string, announces = true): WorkspaceFolder {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const events: FolderEvents = {
      onDeltas: (from, deltas) => this.#gather(from, deltas),
      onTrouble: this.#events.onTrouble,
    }
    const folder = new WorkspaceFolder(this.#byIndex.length, path, this.#trusted, events, announces)
    this.#folders.set(path, folder)
    this.#byIndex.push(folder)
    return folder
  }

  remove(path: string): void {
    const folder = this.#folders.get(path)
    if (folder === undefined) return
    this.#folders.delete(path)
    const removed = folder.runs().map(run => run.id)
    if (removed.length > 0) this.#gather(folder, [{ kind: 'runs', changed: [], removed }])
    folder.dispose()
  }

  folders(): WorkspaceFolder[] {
    return [...this.#folders.values()]
  }

  /** Rows of all folders, newest first, with public ids. */
  runs(): RunRow[] {
    return this.folders()
      .flatMap(folder => folder.runs().map(run => publicRun(folder.index, run)))
      .sort((a, b) => b.created - a.created || b.id - a.id)
  }

  /** The same as a message, with these metrics. */
  packed(metrics: readonly string[]): PackedRuns {
    return packRuns(this.runs(), this.summaries(metrics))
  }

  /** Metrics of the runs of all folders: one table for each metric and folder. */
  summaries(metrics: readonly string[]): SummaryTable[] {
    return this.folders().flatMap(folder => {
      const store = folder.store(false)
      return store === null ? [] : metrics.map(metric => store.summaryTable(metric, id => toPublicId(folder.index, id)))
    })
  }

  /** Rows of some runs with all their summaries, in the order asked for; those that are gone are left out. */
  rows(publicIds: readonly number[]): RunRow[] {
    return publicIds.flatMap(publicId => {
      const found = this.find(publicId)
      const run = found?.folder.store(false)?.run(found.id)
      return found && run ? [publicRun(found.folder.index, run)] : []
    })
  }

  /** The folder and the store's own id of a run. */
  find(publicId: number): { folder: WorkspaceFolder; id: number } | null {
    const { folder: index, id } = fromPublicId(publicId)
    const folder = this.#byIndex.at(index)
    return folder !== undefined && this.#folders.get(folder.path) === folder ? { folder, id } : null
  }

  /** `null`: a document that was never saved, where no folder is open. */
  homeOf(uri: string): Home | null {
    const path = pathOf(uri)
    if (path === null) {
      const folder = this.folders().at(0)
      return folder === undefined ? null : { folder, experiment: basename(uri.slice(uri.indexOf(':') + 1)) }
    }
    const inside = this.folders()
      .filter(folder => path.startsWith(folder.path.endsWith(sep) ? folder.path : folder.path + sep))
      .sort((a, b) => b.path.length - a.path.length)
      .at(0)
    const folder = inside ?? this.#loose(dirname(path))
    return { folder, experiment: relative(folder.path, path).split(sep).join('/') }
  }

  /** A file or folder has got another name; what moves to another workspace folder leaves its runs behind. */
  rename(oldUri: string, newUri: string): void {
    const [from, to] = [this.homeOf(oldUri), this.homeOf(newUri)]
    if (from !== null && from.folder === to?.folder) from.folder.rename(from.experiment, to.experiment)
  }

  dispose(): void {
    clearTimeout(this.#flush)
    for (const folder of this.#folders.values()) folder.dispose()
  }

  /** A file outside of all folders: its runs go to the nearest store above it, else beside it. */
  #loose(start: string): WorkspaceFolder {
    for (let at = start; ; at = dirname(at)) {
      if (existsSync(join(at, storeFolderName))) return this.add(at)
      if (dirname(at) === at) return this.add(start)
    }
  }

  #gather(folder: WorkspaceFolder, deltas: readonly RunDelta[]): void {
    for (const delta of deltas) this.#buffer.add(publicDelta(folder.index, delta))
    const wait = Math.max(0, this.#flushed + flushEvery - Date.now())
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined
      this.#flushed = Date.now()
      if (!this.#buffer.empty) this.#events.onDeltas(this.#buffer.take())
    }, wait)
  }
}

/** The absolute path of a file URI; `null` for others. */
export function pathOf(uri: string): string | null {
  try {
    return uri.startsWith('file:') ? resolve(fileURLToPath(uri)) : null
  } catch {
    return null
  }
}
