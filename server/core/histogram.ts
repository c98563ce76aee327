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

export function clear(histogram: Histogram): void {
  histogram.counts.fill(0)
}

/** Counts values[i] − minus for the first `count` values. A value on an inner edge belongs to the bin above it. */
export function addAll(histogram: Histogram, values: Float64Array, count: number, minus: number): void {
  const { low, high, counts } = histogram
  const last = counts.length - 1
  const perUnit = counts.length / (high - low)
  const offset = -(minus + low) * perUnit
  for (let i = 0; i < count; i++) {
    const bin = values[i] * perUnit + offset
    counts[bin > last ? last : bin > 0 ? bin | 0 : 0]++
  }
}
