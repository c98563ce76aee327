/** What the last points of a curve say together, for sentences that must not come and go with every batch. Pure. */

/** A single batch says little. */
const lastPoints = 20

/** Mean of the last points; `undefined` without any. */
export function lately(values: Float64Array): number | undefined {
  return meanUntil(values, values.length)
}

/**
 * On which side of a band the mean of the last points is, or was when it last stood outside of it: what trembles about a
 * single limit would change sides all the time.
 *
 * @returns `undefined` when it was never outside
 */
export function sideOf(values: Float64Array, low: number, high: number): 'below' | 'above' | undefined {
  for (let end = values.length; end > 0; end--) {
    const mean = meanUntil(values, end)
    if (mean === undefined) continue
    if (mean < low) return 'below'
    if (mean > high) return 'above'
  }
  return undefined
}

/** Values that are not finite are left out. */
function meanUntil(values: Float64Array, end: number): number | undefined {
  let sum = 0
  let count = 0
  for (let i = Math.max(0, end - lastPoints); i < end; i++) {
    if (!Number.isFinite(values[i])) continue
    sum += values[i]
    count++
  }
  return count === 0 ? undefined : sum / count
}
