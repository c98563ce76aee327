/** Which runs a command is about: a filter as in the sidebar, or numbers. */
import * as l10n from '@vscode/l10n'
import type { RunRow } from '../../protocol/runEvent.ts'
import { headlineMetric, ordered, type RunOrder } from '../../protocol/runOrder.ts'
import { parseQuery } from '../../protocol/runQuery.ts'
import type { Store } from '../store/store.ts'
import { exitWrongInput, fail } from './output.ts'

export interface Choice {
  readonly sort?: RunOrder
  readonly metric?: string
  /** Those in the archive too. */
  readonly archived?: true | undefined
  /** Metrics that are needed besides the filter's; `null`: all. */
  readonly metrics?: readonly string[] | null
}

/** @returns `null` when the filter is not understood, which has then been said */
export function chosenRuns(store: Store, filter = '', choice: Choice = {}): RunRow[] | null {
  const { sort = 'newest', metric = headlineMetric, archived, metrics = null } = choice
  const parsed = parseQuery(filter)
  if (parsed.kind === 'wrong') {
    fail(exitWrongInput, l10n.t('"{0}" is not understood. A filter looks like this: {1}', parsed.term, example))
    return null
  }
  const needed = metrics === null ? {} : { metrics: [...metrics, ...parsed.metrics, metric] }
  const runs = store.runs(needed).filter(run => (archived === true || !run.archived) && parsed.test(run))
  return ordered(runs, sort, metric)
}

const example = 'miner:semi-hard margin>0.1 R@1>0.8 tag:paper'

/**
 * The runs that are named by their numbers, or, where none is, those that pass the filter.
 * @returns `null` when there is no such run or the filter is not understood, which has then been said
 */
export function namedRuns(
  store: Store,
  numbers: readonly string[],
  filter: string | undefined,
  choice: Choice = {},
): RunRow[] | null {
  if (numbers.length === 0) return chosenRuns(store, filter, choice)
  const runs: RunRow[] = []
  for (const text of numbers) {
    const run = /^\d+$/.test(text) ? store.run(Number(text)) : null
    if (run === null) {
      fail(exitWrongInput, l10n.t('There is no run {0}. triplet-lab runs lists them.', text))
      return null
    }
    runs.push(run)
  }
  return runs
}
