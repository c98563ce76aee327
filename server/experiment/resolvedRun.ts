import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Assignment } from './axes.ts'

/** A run that an experiment file asks for. */
export interface ResolvedRun {
  readonly spec: RunSpec
  /** Short: what differs from its siblings. */
  readonly name: string
  /** Its value at each axis, by path; empty when the file is no sweep. */
  readonly axes: Assignment
}
