/**
 * Where a curve will be: learning curves come near their end like a power of the time spent, c − a·t^−α (the family
 * "pow3" of Domhan et al., IJCAI 2015, section 3.2). α is held at ½ here, since a rung has too few points for three
 * parameters; what is left is a straight line over 1/√t, fitted by least squares.
 */
import type { Report } from './report.ts'

/** Two points make a line. */
const fewest = 2

/**
 * @param reports of one run, ascending in resource; those older than the rung before should be left out, as the first
 *   steep steps say little about the last ones
 * @param at resource that is looked ahead to
 * @returns the value there; `null` when there is too little to go by
 */
export function forecast(reports: readonly Report[], at: number): number | null {
  const seen = reports.filter(({ resource, value }) => resource > 0 && Number.isFinite(value))
  if (seen.length < fewest) return null
  const times = seen.map(({ resource }) => 1 / Math.sqrt(resource))
  const meanTime = mean(times)
  const meanValue = mean(seen.map(({ value }) => value))
  let across = 0
  let along = 0
  for (const [i, { value }] of seen.entries()) {
    across += (times[i] - meanTime) * (value - meanValue)
    along += (times[i] - meanTime) ** 2
  }
  if (along === 0) return null
  return meanValue + (across / along) * (1 / Math.sqrt(at) - meanTime)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
