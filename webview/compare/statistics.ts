/** Numbers about several runs: repeats summed up, and which setting matters. */

export interface Repeats {
  readonly mean: number
  /** Half the width of the 95 % confidence interval of the mean, by Student's t; `null` from a single run. */
  readonly halfWidth: number | null
  readonly count: number
}

/** Two-sided 95 % quantiles of Student's t for 1, 2, … degrees of freedom; beyond, the normal one is close enough. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

export function repeats(values: readonly number[]): Repeats {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count < 2) return { mean, halfWidth: null, count }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  return { mean, halfWidth: (studentT[count - 2] ?? 1.96) * Math.sqrt(variance / count), count }
}

/**
 * Welch's t-test: whether two sets of repeats differ by more than chance, at the 5 % level.
 * @returns `null` where one of them has fewer than two runs
 */
export function differs(a: readonly number[], b: readonly number[]): boolean | null {
  if (a.length < 2 || b.length < 2) return null
  const spread = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return { mean, share: variance / values.length, freedom: values.length - 1 }
  }
  const [x, y] = [spread(a), spread(b)]
  const both = x.share + y.share
  if (both === 0) return x.mean !== y.mean
  const freedom = both ** 2 / (x.share ** 2 / x.freedom + y.share ** 2 / y.freedom)
  const limit = studentT[Math.max(0, Math.floor(freedom) - 1)] ?? 1.96
  return Math.abs(x.mean - y.mean) / Math.sqrt(both) > limit
}

/**
 * How much of a metric's variance a setting explains on its own (the correlation ratio η²): runs are grouped by the
 * setting's value, numbers with many values into four groups of equal size.
 * @returns 0 to 1; `null` with fewer than three runs or where the metric never changes
 */
export function importance(
  settings: readonly (string | number | boolean | null | undefined)[],
  metric: readonly number[],
): number | null {
  if (metric.length < 3) return null
  const mean = metric.reduce((sum, value) => sum + value, 0) / metric.length
  const total = metric.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  if (total === 0) return null
  const groups = new Map<unknown, number[]>()
  for (const [i, key] of groupKeys(settings).entries()) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [metric[i]])
    else group.push(metric[i])
  }
  // As many groups as runs explain everything and say nothing.
  if (groups.size >= metric.length || groups.size < 2) return null
  let between = 0
  for (const values of groups.values()) {
    const own = values.reduce((sum, value) => sum + value, 0) / values.length
    between += values.length * (own - mean) ** 2
  }
  return between / total
}

function groupKeys(settings: readonly (string | number | boolean | null | undefined)[]): unknown[] {
  const distinct = new Set(settings)
  if (distinct.size <= 6 || !settings.every(value => typeof value === 'number')) return [...settings]
  const sorted = [...settings].sort((a, b) => a - b)
  return settings.map(value => Math.min(3, Math.floor((4 * sorted.indexOf(value)) / sorted.length)))
}
