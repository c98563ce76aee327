/** When there is something to be learnt from how many triplets are easy. Pure. */
import { sideOf } from '../data/lately.ts'

/** Shares of all triplets. Two, so that the sentence does not come and go, and the charts with it, from batch to batch. */
const appearsAbove = 0.3
const goesBelow = 0.25

/** @param easy share of easy triplets in each batch */
export function isMostlyEasy(easy: Float64Array | undefined): boolean {
  return easy !== undefined && sideOf(easy, goesBelow, appearsAbove) === 'above'
}
