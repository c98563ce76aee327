/** A value at a resource (epochs); lower values are better. Lists of them are ascending in resource. */
export interface Report {
  readonly resource: number
  readonly value: number
}
