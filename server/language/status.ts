/** A file in one line: what would compute it, how many runs it asks for, and how long they take. */
import { countRuns } from '../experiment/countRuns.ts'
import { engineOf } from './codeLens.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { estimateDuration, factsOf } from './facts.ts'

export interface ExperimentStatus {
  /** `null` before a first run here, where the file leaves the choice open. */
  readonly engine: string | null
  readonly runs: number
  /** Milliseconds for all runs, from earlier ones; `null` where there are none to go by. */
  readonly duration: number | null
}

export function experimentStatus(document: ExperimentDocument, context: LanguageContext): ExperimentStatus {
  const facts = factsOf(document, context)
  const asked = countRuns(document.tree, document.inspection.axes)
  const runs = facts === null || !Number.isFinite(asked) ? 0 : asked
  const time = facts === null ? null : estimateDuration(facts, context)
  return { engine: engineOf(facts, context), runs, duration: time === null ? null : time * runs }
}
