/** The comparison as rows: settings that differ, then results; one column a run, or one for each group of seeds. */
import { isMetricId, metricGoal } from '../../protocol/metrics.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { differing, type Flat, flatten, seedGroup } from '../../protocol/specDifference.ts'
import { differs, type Repeats, repeats } from './statistics.ts'

export interface Column {
  /** The first run of the group. */
  readonly run: RunRow
  readonly runs: readonly RunRow[]
  readonly flat: Flat
}

export interface SettingRow {
  readonly path: string
  readonly values: readonly string[]
}

export interface ResultCell extends Repeats {
  readonly isBest: boolean
  /** Against the baseline: difference of the means, and whether it is more than chance (`null`: cannot be told). */
  readonly difference: number | null
  readonly significant: boolean | null
}

export interface ResultRow {
  readonly metric: string
  readonly cells: readonly (ResultCell | null)[]
}

export function columnsOf(runs: readonly RunRow[], groupSeeds: boolean): Column[] {
  const columns = new Map<string, { run: RunRow; runs: RunRow[]; flat: Flat }>()
  for (const run of runs) {
    const flat = flatten(run.spec)
    const key = groupSeeds ? seedGroup(flat) : String(run.id)
    const known = columns.get(key)
    if (known === undefined) columns.set(key, { run, runs: [run], flat })
    else known.runs.push(run)
  }
  return [...columns.values()]
}

/** The columns by a setting or a metric; those without a value last. */
export function sortedColumns(
  columns: readonly Column[],
  sort: { readonly row: string; readonly descending: boolean } | null,
): readonly Column[] {
  if (sort === null) return columns
  const valueOf = ({ runs, flat }: Column): string | number | undefined => {
    const scores = runs.flatMap(run => scoreOf(run, sort.row) ?? [])
    if (scores.length > 0) return repeats(scores).mean
    const value = flat.get(sort.row)
    return typeof value === 'number' ? value : value === undefined || value === null ? undefined : String(value)
  }
  const direction = sort.descending ? -1 : 1
  return columns
    .map(column => ({ column, value: valueOf(column) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined)
      if (typeof a.value === 'number' && typeof b.value === 'number') return direction * (a.value - b.value)
      return direction * String(a.value).localeCompare(String(b.value), undefined, { numeric: true })
    })
    .map(({ column }) => column)
}

export function settingRows(columns: readonly Column[], all: boolean): SettingRow[] {
  const flats = columns.map(column => column.flat)
  const paths = all ? [...new Set(flats.flatMap(flat => [...flat.keys()]))] : differing(flats)
  return paths.map(path => ({ path, values: flats.map(flat => String(flat.get(path) ?? '–')) }))
}

export function resultRows(columns: readonly Column[], baseline: number | null): ResultRow[] {
  const metrics = new Set(columns.flatMap(column => column.runs.flatMap(run => Object.keys(run.summaries))))
  const shown = [...metrics].filter(metric => metric === 'loss' || metric.startsWith('test/')).sort(byImportance)
  const base = columns.findIndex(column => column.runs.some(run => run.id === baseline))
  return shown.map(metric => {
    const values = columns.map(column => column.runs.flatMap(run => scoreOf(run, metric) ?? []))
    const found = values.map(list => (list.length === 0 ? null : repeats(list)))
    const goal = isMetricId(metric) ? metricGoal[metric] : undefined
    const means = found.flatMap(one => one?.mean ?? [])
    const best = goal === 'minimize' ? Math.min(...means) : Math.max(...means)
    const cells = found.map((one, i): ResultCell | null => {
      if (one === null) return null
      const from = base < 0 || base === i ? null : found[base]
      return {
        ...one,
        isBest: goal !== undefined && means.length > 1 && one.mean === best,
        difference: from === null ? null : one.mean - from.mean,
        significant: from === null ? null : differs(values[i], values[base]),
      }
    })
    return { metric, cells }
  })
}

const firstMetrics = ['test/recallAt1', 'test/mapAtR', 'test/rPrecision', 'test/recallAt4', 'loss']

function byImportance(a: string, b: string): number {
  const rank = (metric: string) => (firstMetrics.indexOf(metric) + firstMetrics.length + 1) % (firstMetrics.length + 1)
  const order = (metric: string) => (firstMetrics.includes(metric) ? firstMetrics.indexOf(metric) : 100 + rank(metric))
  return order(a) - order(b) || a.localeCompare(b)
}
