/** What the results of several seeds say together. */

export interface ConfidenceInterval {
  readonly mean: number
  /** Half the width of the 95 % interval: mean ± halfWidth. NaN from a single value. */
  readonly halfWidth: number
  /** Sample standard deviation; NaN from a single value. */
  readonly deviation: number
  readonly count: number
}

/** 97.5 % points of Student's t distribution for 1 … 30 degrees of freedom. */
const t975 = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985,
  2.178813, 2.160369, 2.144787, 2.13145, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614, 2.073873, 2.068658,
  2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.04523, 2.042272,
] as const

/**
 * Mean and 95 % interval of independent results, by Student's t: right for few seeds, where the normal distribution would
 * promise too much.
 * @throws RangeError without values
 */
export function confidenceInterval(values: readonly number[]): ConfidenceInterval {
  const count = values.length
  if (count === 0) throw new RangeError('no values to average')
  const mean = values.reduce((sum, x) => sum + x, 0) / count
  if (count === 1) return { mean, halfWidth: NaN, deviation: NaN, count }
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1))
  return { mean, halfWidth: (t(count - 1) * deviation) / Math.sqrt(count), deviation, count }
}

/** Beyond the table: two terms of the expansion around the normal distribution, right to four digits. */
function t(freedom: number): number {
  const z = 1.959964
  return freedom <= t975.length
    ? t975[freedom - 1]
    : z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
}
