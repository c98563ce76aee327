/** Counts in equal bins between fixed edges; what lies outside is counted in the first or last bin. */
export interface Histogram {
  readonly low: number
  readonly high: number
  readonly counts: Uint32Array
}

/** @throws RangeError when the range is empty or there is no bin */
export function createHistogram(low: number, high: number, bins: number): Histogram {
  if (!(low < high && Number.isSafeInteger(bins) && bins >= 1)) {
    throw new RangeError(`a histogram needs a range and bins: ${low} to ${high} in ${bins}`)
  }
  return { low, high, counts: new Uint32Array(bins) }
}
