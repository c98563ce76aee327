/**
 * Position of the first of the ascending values that is above x: with cumulated weights and x uniform from 0 to their sum,
 * a draw in proportion to the weights. Items of weight 0 are never drawn.
 */
export function firstAbove(ascending: Float64Array, count: number, x: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle] > x) high = middle
    else low = middle + 1
  }
  return low
}
