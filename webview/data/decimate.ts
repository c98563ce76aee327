/** Fewer points that look the same: of each stretch of the axis the smallest and the largest value stay, in their order. */

/**
 * Picks points of `values[from..to)`: the smallest and the largest of each of `buckets` equal stretches of `xs`, and the
 * first and last point of all. Values that are not finite are never smallest or largest, but stand when a stretch has
 * nothing else.
 *
 * @param xs ascending positions, in whatever the axis shows (for a logarithmic axis, logarithms)
 * @returns ascending indices, at most 2 × buckets + 2
 */
export function minMaxBuckets(
  xs: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  buckets: number,
): Int32Array {
  const count = to - from
  if (count <= 2 * buckets) return Int32Array.from({ length: Math.max(0, count) }, (_, i) => from + i)
  const picked = new Int32Array(2 * buckets + 2)
  let length = 0
  const push = (index: number) => {
    if (length === 0 || picked[length - 1] !== index) picked[length++] = index
  }
  const first = xs[from]
  const width = xs[to - 1] - first
  const scale = width > 0 ? buckets / width : 0
  push(from)
  let i = from
  while (i < to) {
    const bucket = Math.min(buckets - 1, Math.floor((xs[i] - first) * scale))
    let low = i
    let high = i
    let j = i
    for (; j < to; j++) {
      if (Math.min(buckets - 1, Math.floor((xs[j] - first) * scale)) !== bucket) break
      const value = values[j]
      if (!Number.isFinite(value)) continue
      if (value < values[low] || !Number.isFinite(values[low])) low = j
      if (value > values[high] || !Number.isFinite(values[high])) high = j
    }
    push(Math.min(low, high))
    push(Math.max(low, high))
    i = j
  }
  push(to - 1)
  return picked.slice(0, length)
}
