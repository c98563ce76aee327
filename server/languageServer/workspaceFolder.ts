/** One workspace folder: its store, read on as trainers write, and its training server, kept up. */
import { join } from 'node:path'
import { endedStatuses, type RunDelta, type RunRow } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { ensureTrainingServer, keepTrainingServerReady, type Launched } from '../launch.ts'
import { tellLikelySpec } from '../likelySpec.ts'
import { databaseFile, identity, storeFolderName } from '../store/layout.ts'
import { openStore, type Store } from '../store/store.ts'
import { emptyTrash } from '../emptyTrash.ts'
import type { SweepRow } from '../store/sweeps.ts'
import type { Tail } from '../store/tail.ts'

export interface FolderEvents {
  /** What changed, with the ids of this folder's store. */
  readonly onDeltas: (folder: WorkspaceFolder, deltas: readonly RunDelta[]) => void
  /** Something that a person should know. */
  readonly onTrouble: (message: string) => void
}

/** While something trains, and while nothing does. */
const busyPoll = 40
const idlePoll = 250
/** How often the training server is looked after, and the store's file for whether it is still the same. */
const lookAfter = 3_000
/** For how long after an experiment was opened or changed a start is expected, and from when: the editor comes first. */
const expectedFor = 5 * 60_000
const expectedAfter = 1_000
/** The same for somebody who is at it already: less than it takes to get from the last key to the lens. */
const changedAfter = 400
/** How long what was deleted can be restored. */
const trashKept = 7 * 24 * 3_600_000

export class WorkspaceFolder {
  /** Its number among the folders of this server's life; never given twice. */
  readonly index: number
  readonly path: string
  readonly #events: FolderEvents
  readonly #trusted: () => boolean
  readonly #runs = new Map<number, RunRow>()
  /** Made from `#runs` when asked for, until one of them changes. */
  #sorted: readonly RunRow[] | null = null
  readonly #byExperiment = new Map<string, readonly RunRow[]>()
  #open: { readonly store: Store; readonly tail: Tail; readonly file: string | null } | null = null
  #timer: NodeJS.Timeout | undefined
  #lookedAfter = 0
  #ensuring = false
  #expectation: NodeJS.Timeout | undefined
  #expectedUntil = 0
  #expectAfter = expectedAfter
  #saidTrouble = ''
  /** Experiments whose rows are whole; the others' have no summaries. */
  readonly #whole = new Set<string>()
  readonly #watched = new Set<number>()
  #announces: boolean

  /** @param announces whether the client is told of the runs that are there already; else it asks for them itself */
  constructor(index: number, path: string, trusted: () => boolean, events: FolderEvents, announces: boolean) {
    this.index = index
    this.path = path
    this.#trusted = trusted
    this.#events = events
    this.#announces = announces
    this.#poll()
    this.#announces = true
  }

  /** Rows of all runs, newest first. Summaries are those that happen to be known: ask the store for others. */
  runs(): readonly RunRow[] {
    this.#ensureOpen(false)
    return (this.#sorted ??= [...this.#runs.values()].sort((a, b) => b.id - a.id))
  }

  #forgetOrder(): void {
    this.#sorted = null
    this.#byExperiment.clear()
  }

  /** Rows of an experiment's runs, newest first, with all summaries. */
  runsOf(experiment: string): readonly RunRow[] {
    this.#ensureOpen(false)
    if (this.#open !== null && !this.#whole.has(experiment)) {
      for (const run of this.#open.store.runs({ experiment })) this.#runs.set(run.id, run)
      this.#whole.add(experiment)
      this.#forgetOrder()
    }
    const known = this.#byExperiment.get(experiment)
    if (known !== undefined) return known
    const own = this.runs().filter(run => run.experiment === experiment)
    this.#byExperiment.set(experiment, own)
    return own
  }

  /** Rows of the runs of all other experiments, newest first, with all summaries. */
  runsBeside(experiment: string): readonly RunRow[] {
    const others = new Set(this.runs().map(run => run.experiment))
    others.delete(experiment)
    for (const one of others) this.runsOf(one)
    return this.runs().filter(run => run.experiment !== experiment)
  }

  /** The store, when there is one; made when `create` is set. `null` after it was said why there is none. */
  store(create: boolean): Store | null {
    this.#ensureOpen(create)
    return this.#open?.store ?? null
  }

  newestSweepOf(experiment: string): SweepRow | null {
    return this.store(false)?.newestSweep(experiment) ?? null
  }

  /** Runs stay with their file, or with all files of a folder, when it is renamed. Paths are relative, with `/`. */
  rename(from: string, to: string): void {
    const experiments = new Set(this.runs().map(run => run.experiment))
    for (const one of experiments)
      if (one === from || one.startsWith(`${from}/`))
        this.#open?.store.renameExperiment(one, to + one.slice(from.length))
    this.pollNow()
  }

  watch(runId: number, on: boolean): void {
    this.#ensureOpen(false)
    if (on) {
      this.#watched.add(runId)
      this.#open?.tail.watch(runId)
    } else {
      this.#watched.delete(runId)
      this.#open?.tail.unwatch(runId)
    }
  }

  /** Starts a training server if one is needed and none runs. @returns why that failed, or `null` */
  ensureTraining(): Promise<string | null> {
    return this.#launch(store => ensureTrainingServer(store, { editor: process.pid }))
  }

  /**
   * Somebody is at an experiment: where runs were trained before, the next start finds everything loaded, and its first step
   * made if it is one run.
   * @param likely what the experiment asks for, asked when it has not changed for a moment; `null` unless it is one run
   */
  expectStart(likely: () => RunSpec | null): void {
    const now = Date.now()
    if (now >= this.#expectedUntil) this.#expectAfter = expectedAfter
    this.#expectedUntil = now + expectedFor
    clearTimeout(this.#expectation)
    this.#expectation = setTimeout(() => {
      this.#expectation = undefined
      this.#expectAfter = changedAfter
      void this.#tell(likely).then(() => this.#keepUp())
    }, this.#expectAfter).unref()
  }

  async #tell(likely: () => RunSpec | null): Promise<void> {
    const store = this.#open?.store
    if (store === undefined || !this.#trusted()) return
    try {
      await tellLikelySpec(store.dir, likely())
    } catch {
      // A folder that cannot be written: the run starts later, and says so.
    }
  }

  /** A training server, where there is something to do for it or soon may be. */
  #keepUp(): void {
    const isExpected = this.#expectation === undefined && Date.now() < this.#expectedUntil
    const up = isExpected ? this.#launch(store => keepTrainingServerReady(store, process.pid)) : this.ensureTraining()
    void up.then(trouble => {
      if (trouble !== null) this.#trouble(trouble)
    })
  }

  async #launch(start: (store: Store) => Promise<Launched>): Promise<string | null> {
    const store = this.#open?.store
    if (store === undefined || !this.#trusted() || this.#ensuring) return null
    this.#ensuring = true
    try {
      const launched = await start(store)
      return launched.kind === 'refused' ? launched.message : null
    } catch (error) {
      // A log or a lock that cannot be written, a store that was closed meanwhile.
      return error instanceof Error ? error.message : String(error)
    } finally {
      this.#ensuring = false
    }
  }

  /** Looks at the store now rather than at the next tick. */
  pollNow(): void {
    clearTimeout(this.#timer)
    this.#poll()
  }

  dispose(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#expectation)
    this.#close()
  }

  #poll(): void {
    try {
      this.#ensureOpen(false)
      const now = Date.now()
      if (this.#open !== null && now - this.#lookedAfter > lookAfter) {
        this.#lookedAfter = now
        if (this.#isReplaced()) this.#reopen()
        this.#keepUp()
      }
      this.#read()
    } catch (error) {
      // Locked for long, removed, disk gone: say it once, and look again at the next tick.
      this.#trouble(error instanceof Error ? error.message : String(error))
      this.#close()
    }
    this.#timer = setTimeout(() => this.#poll(), this.#isBusy() ? busyPoll : idlePoll)
    this.#timer.unref()
  }

  #read(): void {
    const deltas = this.#open?.tail.poll() ?? []
    if (deltas.length === 0) return
    this.#forgetOrder()
    for (const delta of deltas) {
      if (delta.kind !== 'runs') continue
      for (const run of delta.changed) this.#runs.set(run.id, run)
      for (const id of delta.removed) this.#runs.delete(id)
    }
    this.#events.onDeltas(this, deltas)
  }

  /** What was deleted long ago goes for good. */
  #emptyOldTrash(): void {
    // A store of strangers names the folders that would be removed.
    if (this.#open === null || !this.#trusted()) return
    emptyTrash(this.#open.store, Date.now() - trashKept).catch((error: unknown) =>
      this.#trouble(error instanceof Error ? error.message : String(error)),
    )
  }

  #isBusy(): boolean {
    for (const run of this.#runs.values()) if (!endedStatuses.has(run.status)) return true
    return false
  }

  #ensureOpen(create: boolean): void {
    if (this.#open !== null) return
    const dir = join(this.path, storeFolderName)
    const opened = openStore(dir, { create })
    switch (opened.kind) {
      case 'absent':
        return
      case 'refused':
        this.#trouble(opened.message)
        return
      case 'opened': {
        const file = databaseFile(dir)
        // The tail first: a run that comes between the two is then in both, and is known by its id.
        const tail = opened.store.tail()
        this.#open = { store: opened.store, tail, file: identity(file) }
        const before = [...this.#runs.keys()]
        this.#runs.clear()
        for (const run of opened.store.runs({ metrics: [] })) this.#runs.set(run.id, run)
        this.#forgetOrder()
        // It may have been open before, until something went wrong: panels look on, and rows may be gone.
        for (const runId of this.#watched) tail.watch(runId)
        const removed = before.filter(id => !this.#runs.has(id))
        if (this.#announces && this.#runs.size + removed.length > 0)
          this.#events.onDeltas(this, [{ kind: 'runs', changed: opened.store.runs(), removed }])
        this.#emptyOldTrash()
      }
    }
  }

  /** Whether the folder was deleted, or deleted and made anew, while it was open. */
  #isReplaced(): boolean {
    const found = identity(databaseFile(join(this.path, storeFolderName)))
    return found === null || found !== this.#open?.file
  }

  #reopen(): void {
    const gone = [...this.#runs.keys()]
    this.#close()
    this.#runs.clear()
    this.#forgetOrder()
    if (gone.length > 0) this.#events.onDeltas(this, [{ kind: 'runs', changed: [], removed: gone }])
    this.#ensureOpen(false)
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    this.#whole.clear()
    open?.tail.close()
    open?.store.close()
  }

  /** Each trouble once, until another one comes. */
  #trouble(message: string): void {
    if (message === this.#saidTrouble) return
    this.#saidTrouble = message
    this.#events.onTrouble(message)
  }
}
