/** Facts of datasets, read in the background, kept, and read again when their files change. */
import { dirname, sep } from 'node:path'
import type { DatasetSpec } from '../../protocol/runSpec.ts'
import { pathsOf, readFacts } from '../datasetFacts/readFacts.ts'
import type { DatasetState } from '../experiment/context.ts'

interface Entry {
  readonly dataset: DatasetSpec
  state: DatasetState | undefined
  /** When it was read, milliseconds since 1970; 0: not yet. */
  read: number
  reading: Promise<void> | null
}

/** Facts older than this are read again when they are next asked for: files change behind the editor's back too. */
const staleAfter = 30_000
/** Datasets kept; someone who types a path asks for many that are none. */
const most = 100

export class DatasetFacts {
  readonly #entries = new Map<string, Entry>()
  readonly #isTrusted: () => boolean
  readonly #onChange: () => void
  #disposed = false

  /** @param onChange something is known now that was not, or is different */
  constructor(isTrusted: () => boolean, onChange: () => void) {
    this.#isTrusted = isTrusted
    this.#onChange = onChange
  }

  /** What is known now; asks for more in the background. */
  get(dataset: DatasetSpec): DatasetState | undefined {
    const key = JSON.stringify(dataset)
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { dataset, state: undefined, read: 0, reading: null }
      const oldest = this.#entries.keys().next()
      if (this.#entries.size >= most && oldest.done !== true) this.#entries.delete(oldest.value)
      this.#entries.set(key, entry)
    }
    if (entry.reading === null && Date.now() - entry.read > staleAfter) entry.reading = this.#read(entry)
    return entry.state
  }

  /** These files changed: datasets that they are part of are read again. */
  changed(paths: readonly string[]): void {
    for (const entry of this.#entries.values()) {
      const own = pathsOf(entry.dataset)
      const touches = (path: string) =>
        own.some(one => path === one || path.startsWith(one + sep) || path === dirname(one))
      if (entry.reading === null && paths.some(touches)) entry.reading = this.#read(entry)
    }
  }

  /** Waits until nothing is being read, but not longer than this many milliseconds. */
  async settled(patience: number): Promise<void> {
    const reading = [...this.#entries.values()].flatMap(entry => entry.reading ?? [])
    if (reading.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>(resolve => (timer = setTimeout(resolve, patience)))
    await Promise.race([Promise.all(reading), enough])
    clearTimeout(timer)
  }

  dispose(): void {
    this.#disposed = true
  }

  async #read(entry: Entry): Promise<void> {
    const state = await readFacts(entry.dataset, this.#isTrusted())
    entry.reading = null
    entry.read = Date.now()
    const changed = JSON.stringify(state) !== JSON.stringify(entry.state)
    entry.state = state
    if (changed && !this.#disposed) this.#onChange()
  }
}
