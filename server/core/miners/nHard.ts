import type { Miner } from './miner.ts'

/**
 * Per anchor its `from`-th to `to`-th farthest positives, each with its `from`-th to `to`-th nearest negatives (1 is the
 * hardest). 1 to 1 is batch-hard; 2 to 5 passes over the very hardest, which often are wrongly labelled. An anchor with
 * fewer neighbours than `from` gives its last one, the easiest, so that small classes are not lost.
 * As NHardTripletsMiner of Open Metric Learning, with the same range on both sides.
 * @throws RangeError unless 1 ≤ from ≤ to, whole numbers
 */
export function nHard(from: number, to: number): Miner {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 1 && to >= from)) {
    throw new RangeError(`the range of hardest must run upwards from 1 or more: ${from} to ${to}`)
  }
  let positives = new Int32Array(0)
  let negatives = new Int32Array(0)
  return {
    mine(batch, _margin, sink) {
      if (positives.length < batch.maxBatch) {
        positives = new Int32Array(batch.maxBatch)
        negatives = new Int32Array(batch.maxBatch)
      }
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const p = ranked(batch.positives, batch.positiveDistances, batch.positiveCount, -1, from, to, positives)
        const n = ranked(batch.negatives, batch.negativeDistances, batch.negativeCount, 1, from, to, negatives)
        if (n === 0) continue
        for (let i = 0; i < p; i++) sink.add(a, positives[i], negatives, n)
      }
    },
  }
}

/**
 * Writes the rows ranked `from` … `to` by sign × distance, ascending, and returns how many. Reorders the arrays given.
 * Selection by insertion: the ranks asked for are few.
 */
function ranked(
  rows: Int32Array,
  distances: Float64Array,
  count: number,
  sign: 1 | -1,
  from: number,
  to: number,
  into: Int32Array,
): number {
  const end = Math.min(to, count)
  for (let i = 0; i < end; i++) {
    let best = i
    for (let j = i + 1; j < count; j++) {
      const difference = sign * (distances[j] - distances[best])
      if (difference < 0 || (difference === 0 && rows[j] < rows[best])) best = j
    }
    const row = rows[best]
    const distance = distances[best]
    rows[best] = rows[i]
    distances[best] = distances[i]
    rows[i] = row
    distances[i] = distance
  }
  let written = 0
  for (let i = Math.min(from, count) - 1; i >= 0 && i < end; i++) into[written++] = rows[i]
  return written
}
