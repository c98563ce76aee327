/** What can be chosen on the command line. */
export interface BenchOptions {
  /** Turns that each contender gets, one after the other, so that a busy moment hits all of them. */
  readonly rounds: number
  readonly seconds: number
  /** Only the contenders, networks and miners whose name contains one of these; all when empty. */
  readonly only: readonly string[]
  /** Of the sweeps: training seeds, which begin at 1. */
  readonly seeds: number
  /** A Python that may have PyTorch or Optuna. */
  readonly python: string
}
