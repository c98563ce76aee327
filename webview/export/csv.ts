/** Curves as a table: one line a step, one column a metric, empty where a metric has no value at that step. */
import type { Curve } from '../data/curve.ts'

export function curvesCsv(curves: ReadonlyMap<string, Curve>, metrics: readonly string[]): string {
  const columns = metrics.flatMap(metric => {
    const curve = curves.get(metric)
    return curve === undefined
      ? []
      : [{ metric, values: new Map([...curve.steps].map((step, i) => [step, curve.values[i]])) }]
  })
  const steps = [...new Set(columns.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b)
  const lines = steps.map(step => [step, ...columns.map(({ values }) => values.get(step) ?? '')].join(','))
  return [['step', ...columns.map(({ metric }) => field(metric))].join(','), ...lines, ''].join('\n')
}

/** RFC 4180: quotes around what has a comma, a quote or a line break in it. */
export function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
