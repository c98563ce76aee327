/** What the language features know besides the text: assembled by the language server, made up by tests. */
import type { RunRow } from '../../protocol/runEvent.ts'
import type { SweepInfo } from '../../protocol/sweeps.ts'
import type { ExperimentContext } from '../experiment/context.ts'

export interface LanguageContext {
  readonly experiment: ExperimentContext
  /** The runs of this file, newest first. */
  readonly runs: readonly RunRow[]
  /** The newest sweep of this file, with the settings that it was started with (`settingsOf`). */
  readonly sweep?: () => { readonly sweep: Omit<SweepInfo, 'axes'>; readonly settings: string } | null
  /** The runs of other files in the same folder, newest first. */
  readonly otherRuns?: () => readonly RunRow[]
  /** Whether the client can show panels; left out: yes. */
  readonly panels?: boolean
  /** What computes here where the file leaves the choice open; `null`: not known before it is tried. */
  readonly engine?: string | null
  /** Address of a path that is written in the file. */
  readonly resolve?: (path: string) => string
  /** What lies in a folder, given as it is written in the file; nothing when it cannot be read. */
  readonly list?: (folder: string) => Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>
  /** Address of what a diagnostic's code means. */
  readonly explain?: (code: string) => string | undefined
}
