/** Tables as comma-separated values, RFC 4180 but for the line ends. */
import type { Series } from './runEvent.ts'

/** Curves side by side: one line a step, one column a metric, empty where a metric has no value at that step. */
export function seriesCsv(series: readonly Series[]): string {
  const columns = series.map(({ steps, values }) => new Map(steps.map((step, i) => [step, values[i]])))
  const steps = [...new Set(series.flatMap(one => one.steps))].sort((a, b) => a - b)
  const rows = steps.map(step => [step, ...columns.map(column => column.get(step) ?? '')])
  return tableCsv(['step', ...series.map(one => one.metric)], rows)
}

export function tableCsv(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map(row => `${row.map(cell => field(String(cell))).join(',')}\n`).join('')
}

/** Quotes around what has a comma, a quote or a line break in it. */
export function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
