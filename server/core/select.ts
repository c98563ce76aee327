/**
 * Reorders `values` so that the first k are the k smallest (quickselect, middle of three as pivot), and returns the
 * largest of these. Takes time in proportion to `length` on average.
 * @throws RangeError unless 1 ≤ k ≤ length
 */
export function selectSmallest(values: Float64Array, length: number, k: number): number {
  if (!(k >= 1 && k <= length)) throw new RangeError(`cannot select ${k} of ${length}`)
  let low = 0
  let high = length - 1
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high])
    let i = low
    let j = high
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i > j) break
      const value = values[i]
      values[i++] = values[j]
      values[j--] = value
    }
    if (k - 1 <= j) high = j
    else if (k - 1 >= i) low = i
    else break
  }
  return values[k - 1]
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
