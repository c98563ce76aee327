/** Triplets (anchor, positive, negative) as indices into a batch: the stream that miners write to, and a list of them. */

/**
 * What a miner writes to: an anchor–positive pair with the negatives chosen for it, so that millions of triplets pass
 * through without being stored. `negatives` is only valid during the call.
 */
export interface TripletSink {
  add(anchor: number, positive: number, negatives: Int32Array, count: number): void
}

/** Triplets in three columns that grow; the first `count` entries of each are filled. */
export class Triplets implements TripletSink {
  anchors: Int32Array
  positives: Int32Array
  negatives: Int32Array
  count = 0

  constructor(capacity = 256) {
    this.anchors = new Int32Array(capacity)
    this.positives = new Int32Array(capacity)
    this.negatives = new Int32Array(capacity)
  }

  clear(): void {
    this.count = 0
  }

  add(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    const end = this.count + count
    if (end > this.anchors.length) this.#grow(end)
    this.anchors.fill(anchor, this.count, end)
    this.positives.fill(positive, this.count, end)
    for (let i = 0; i < count; i++) this.negatives[this.count + i] = negatives[i]
    this.count = end
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, 2 * this.anchors.length)
    this.anchors = grown(this.anchors, capacity)
    this.positives = grown(this.positives, capacity)
    this.negatives = grown(this.negatives, capacity)
  }
}

function grown(column: Int32Array, capacity: number): Int32Array {
  const larger = new Int32Array(capacity)
  larger.set(column)
  return larger
}
