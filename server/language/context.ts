/** What the language features know besides the text: assembled by the language server, made up by tests. */
import type { RunRow } from '../../protocol/runEvent.ts'
import type { ExperimentContext } from '../experiment/context.ts'

export interface LanguageContext {
  readonly experiment: ExperimentContext
  /** The runs of this file, newest first. */
  readonly runs: readonly RunRow[]
}
