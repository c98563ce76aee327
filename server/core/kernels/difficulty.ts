/**
 * What is counted over every triplet and every pair of a batch, two doubles at a time. All of it works in one imported
 * memory; addresses are bytes, counts are numbers. Nothing allocates. Built by scripts/kernels/build.mjs.
 */

// @ts-ignore: a decorator of AssemblyScript
@inline
function at(base: usize, index: i32): usize {
  return base + (<usize>index << 3)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function intAt(base: usize, index: i32): i32 {
  return load<i32>(base + (<usize>index << 2))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function lanesOf(counts: v128): f64 {
  return <f64>(i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function tick(counters: usize, bin: i32): void {
  const counter = counters + (<usize>bin << 2)
  store<i32>(counter, load<i32>(counter) + 1)
}

/**
 * The largest d_an for which d_an − d_ap, rounded, is not above the margin. NaN where there are distances for which it is
 * the margin exactly, or where it is not found at once.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function farthestWithin(ap: f64, margin: f64): f64 {
  let reach = ap + margin
  if (!(reach > 0)) return NaN
  if (reach - ap > margin) reach = neighbour(reach, -1)
  else {
    const next = neighbour(reach, 1)
    if (!(next - ap > margin)) reach = next
  }
  return reach - ap < margin && neighbour(reach, 1) - ap > margin ? reach : NaN
}

/** The next positive double, up or down. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function neighbour(value: f64, step: i64): f64 {
  return reinterpret<f64>(reinterpret<i64>(value) + step)
}

/**
 * Over all valid triplets: how many have d_an − d_ap above the margin, at most 0, and below the margin. The distances of
 * all pairs of the same class and of different classes, each pair once, and for each row its farthest positive and its
 * nearest negative (NaN where there is none).
 *
 * @param distances [rows, rows]
 * @param labels class of each row, int32
 * @param runs where rows of equal labels side by side begin, int32, and the number of rows behind the last
 * @param finite whether every distance is a finite number
 * @param negatives room for rows + 4
 * @param positives room for rows
 * @param extremes [rows, 2]
 * @param results five numbers: above the margin, at most 0, below the margin, pairs of the same class, of different ones
 * @param counters of d_an − d_ap: two times as many as bins, int32, which are to be added up; 0: none
 */
export function countTriplets(
  distances: usize,
  labels: usize,
  runs: usize,
  runCount: i32,
  rows: i32,
  margin: f64,
  finite: bool,
  negatives: usize,
  positives: usize,
  same: usize,
  different: usize,
  extremes: usize,
  results: usize,
  counters: usize,
  bins: i32,
  low: f64,
  perUnit: f64,
): void {
  const bar = f64x2.splat(margin)
  const zero = f64x2.splat(0)
  let easy = i64x2.splat(0)
  let hard = easy
  let active = easy
  // Of positives whose negatives are told apart by one distance: triplets, and those beyond it.
  let plain: i64 = 0
  let beyond = easy
  let aps = 0
  let ans = 0
  for (let a = 0; a < rows; a++) {
    const row = at(distances, a * rows)
    const label = intAt(labels, a)
    let p = 0
    let n = 0
    let from = 0
    for (let run = 0; run <= runCount; run++) {
      const start = intAt(runs, run)
      if (run < runCount && intAt(labels, start) !== label) continue
      if (start > from) {
        memory.copy(at(negatives, n), at(row, from), <usize>(start - from) << 3)
        n += start - from
        const first = max(from, a + 1)
        if (first < start) {
          memory.copy(at(different, ans), at(row, first), <usize>(start - first) << 3)
          ans += start - first
        }
      }
      if (run === runCount) break
      const end = intAt(runs, run + 1)
      for (let j = start; j < end; j++) {
        if (j === a) continue
        const d = load<f64>(at(row, j))
        store<f64>(at(positives, p++), d)
        if (j > a) store<f64>(at(same, aps++), d)
      }
      from = end
    }
    store<f64>(at(extremes, 2 * a), NaN)
    store<f64>(at(extremes, 2 * a), NaN, 8)
    if (p === 0 || n === 0) continue
    // Whole vectors: what is not a number is neither above nor below anything.
    for (let pad = 0; pad < 3; pad++) store<f64>(at(negatives, n + pad), NaN)
    let nearest = f64x2.splat(Infinity)
    for (let j = 0; j < n; j += 2) nearest = f64x2.pmin(nearest, v128.load(at(negatives, j)))
    let farthest = -Infinity
    for (let i = 0; i < p; i++) {
      const ap = load<f64>(at(positives, i))
      if (ap > farthest) farthest = ap
      const reach = finite ? farthestWithin(ap, margin) : NaN
      if (reach === reach) {
        // What is not beyond it is active: two questions instead of three, and no subtraction.
        const edge = f64x2.splat(reach)
        const own = f64x2.splat(ap)
        plain += n
        for (let j = 0; j < n; j += 4) {
          const one = v128.load(at(negatives, j))
          const other = v128.load(at(negatives, j), 16)
          beyond = i64x2.sub(i64x2.sub(beyond, f64x2.gt(one, edge)), f64x2.gt(other, edge))
          hard = i64x2.sub(i64x2.sub(hard, f64x2.le(one, own)), f64x2.le(other, own))
        }
        if (counters !== 0) countBins(counters, bins, negatives, n, perUnit, -(ap + low) * perUnit)
        continue
      }
      const d = f64x2.splat(ap)
      for (let j = 0; j < n; j += 4) {
        const one = f64x2.sub(v128.load(at(negatives, j)), d)
        const other = f64x2.sub(v128.load(at(negatives, j), 16), d)
        easy = i64x2.sub(i64x2.sub(easy, f64x2.gt(one, bar)), f64x2.gt(other, bar))
        hard = i64x2.sub(i64x2.sub(hard, f64x2.le(one, zero)), f64x2.le(other, zero))
        active = i64x2.sub(i64x2.sub(active, f64x2.lt(one, bar)), f64x2.lt(other, bar))
      }
      if (counters !== 0) countBins(counters, bins, negatives, n, perUnit, -(ap + low) * perUnit)
    }
    store<f64>(at(extremes, 2 * a), farthest)
    store<f64>(at(extremes, 2 * a), min(f64x2.extract_lane(nearest, 0), f64x2.extract_lane(nearest, 1)), 8)
  }
  const far = lanesOf(beyond)
  store<f64>(results, lanesOf(easy) + far)
  store<f64>(results, lanesOf(hard), 8)
  store<f64>(results, lanesOf(active) + (<f64>plain - far), 16)
  store<f64>(results, <f64>aps, 24)
  store<f64>(results, <f64>ans, 32)
}

/**
 * Counts values · perUnit + offset by their whole part, what lies outside in the first or last bin. Neighbours often lie
 * in one bin: odd ones have counters of their own, so that they need not wait for each other.
 */
export function countBins(
  counters: usize,
  bins: i32,
  values: usize,
  count: i32,
  perUnit: f64,
  offset: f64,
): void {
  const scale = f64x2.splat(perUnit)
  const shift = f64x2.splat(offset)
  const zero = f64x2.splat(0)
  const last = f64x2.splat(<f64>(bins - 1))
  const odd = counters + (<usize>bins << 2)
  let j = 0
  for (; j + 2 <= count; j += 2) {
    const place = f64x2.add(f64x2.mul(v128.load(at(values, j)), scale), shift)
    const bin = i32x4.trunc_sat_f64x2_s_zero(f64x2.max(f64x2.min(place, last), zero))
    tick(counters, i32x4.extract_lane(bin, 0))
    tick(odd, i32x4.extract_lane(bin, 1))
  }
  if (j < count) {
    const place = f64x2.add(f64x2.mul(v128.load64_splat(at(values, j)), scale), shift)
    tick(counters, i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(f64x2.max(f64x2.min(place, last), zero)), 0))
  }
}

/** Buckets that `summarize` sorts into. */
const BUCKETS: i32 = 1024

/**
 * Sum of the values, and those that would stand at two places if they were sorted. Sorted into buckets first, so that
 * only the few in the bucket of a place are looked at more closely.
 *
 * @param count at least 1
 * @param place from 0
 * @param counters 1024, int32
 * @param buckets the bucket of each value, int16: room for as many as values, and 8 more
 * @param room for all values
 * @param results three numbers; the two values are NaN where a value is not finite
 */
export function summarize(
  values: usize,
  count: i32,
  place: i32,
  other: i32,
  counters: usize,
  buckets: usize,
  room: usize,
  results: usize,
): void {
  let sums = f64x2.splat(0)
  let more = sums
  let least = f64x2.splat(Infinity)
  let most = f64x2.splat(-Infinity)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const a = v128.load(at(values, i))
    const b = v128.load(at(values, i), 16)
    sums = f64x2.add(sums, a)
    more = f64x2.add(more, b)
    least = f64x2.min(least, f64x2.min(a, b))
    most = f64x2.max(most, f64x2.max(a, b))
  }
  sums = f64x2.add(sums, more)
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  let low = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1))
  let high = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  for (; i < count; i++) {
    const value = load<f64>(at(values, i))
    sum += value
    low = min(low, value)
    high = max(high, value)
  }
  store<f64>(results, sum)
  store<f64>(results, low === high ? low : NaN, 8)
  store<f64>(results, low === high ? low : NaN, 16)
  const scale = <f64>(BUCKETS - 1) / (high - low)
  if (!(scale > 0 && scale < Infinity)) return
  memory.fill(counters, 0, <usize>BUCKETS << 2)
  const from = f64x2.splat(low)
  const perUnit = f64x2.splat(scale)
  for (i = 0; i + 2 <= count; i += 2) {
    const found = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.sub(v128.load(at(values, i)), from), perUnit))
    const one = i32x4.extract_lane(found, 0)
    const two = i32x4.extract_lane(found, 1)
    tick(counters, one)
    tick(counters, two)
    store<i32>(buckets + (<usize>i << 1), one | (two << 16))
  }
  if (i < count) {
    const last = <i32>((load<f64>(at(values, i)) - low) * scale)
    tick(counters, last)
    store<i16>(buckets + (<usize>i << 1), <i16>last)
  }
  store<f64>(results, valueAt(values, count, place, counters, buckets, room), 8)
  store<f64>(results, valueAt(values, count, other, counters, buckets, room), 16)
}

function valueAt(values: usize, count: i32, place: i32, counters: usize, buckets: usize, room: usize): f64 {
  let bucket = 0
  let before = 0
  for (; before + intAt(counters, bucket) <= place; bucket++) before += intAt(counters, bucket)
  const wanted = i16x8.splat(<i16>bucket)
  let members = 0
  for (let i = 0; i < count; i += 8) {
    // Most of eight neighbours are in other buckets.
    if (!v128.any_true(i16x8.eq(v128.load(buckets + (<usize>i << 1)), wanted))) continue
    const end = min(i + 8, count)
    for (let j = i; j < end; j++) {
      store<f64>(at(room, members), load<f64>(at(values, j)))
      members += <i32>(<i32>load<i16>(buckets + (<usize>j << 1)) === bucket)
    }
  }
  return select(room, members, place - before)
}

/** The value at a place of the sorted ones, which are reordered (quickselect, middle of three as pivot). */
function select(values: usize, count: i32, place: i32): f64 {
  let low = 0
  let high = count - 1
  while (low < high) {
    const first = load<f64>(at(values, low))
    const middle = load<f64>(at(values, (low + high) >> 1))
    const last = load<f64>(at(values, high))
    const pivot = max(min(first, middle), min(max(first, middle), last))
    let i = low
    let j = high
    while (i <= j) {
      while (load<f64>(at(values, i)) < pivot) i++
      while (load<f64>(at(values, j)) > pivot) j--
      if (i > j) break
      const value = load<f64>(at(values, i))
      store<f64>(at(values, i++), load<f64>(at(values, j)))
      store<f64>(at(values, j--), value)
    }
    if (place <= j) high = j
    else if (place >= i) low = i
    else break
  }
  return load<f64>(at(values, place))
}

/**
 * Of embeddings [rows, size]: the sum of their norms, and the sum of their squared distances from their mean.
 * @param means room for size
 * @param results two numbers
 */
export function spread(x: usize, rows: i32, size: i32, means: usize, results: usize): void {
  const whole = size & ~3
  memory.fill(means, 0, <usize>size << 3)
  let norms: f64 = 0
  for (let i = 0; i < rows; i++) {
    const row = at(x, i * size)
    // Two sums at once: the processor need not wait for the last addition.
    let squares = f64x2.splat(0)
    let more = squares
    let k = 0
    for (; k < whole; k += 4) {
      const mean = at(means, k)
      const a = v128.load(at(row, k))
      const b = v128.load(at(row, k), 16)
      squares = f64x2.add(squares, f64x2.mul(a, a))
      more = f64x2.add(more, f64x2.mul(b, b))
      v128.store(mean, f64x2.add(v128.load(mean), a))
      v128.store(mean, f64x2.add(v128.load(mean, 16), b), 16)
    }
    squares = f64x2.add(squares, more)
    let sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)
    for (; k < size; k++) {
      const value = load<f64>(at(row, k))
      sum += value * value
      store<f64>(at(means, k), load<f64>(at(means, k)) + value)
    }
    norms += Math.sqrt(sum)
  }
  for (let k = 0; k < size; k++) store<f64>(at(means, k), load<f64>(at(means, k)) / <f64>rows)
  let variances = f64x2.splat(0)
  let more = variances
  let rest: f64 = 0
  for (let i = 0; i < rows; i++) {
    const row = at(x, i * size)
    let k = 0
    for (; k < whole; k += 4) {
      const a = f64x2.sub(v128.load(at(row, k)), v128.load(at(means, k)))
      const b = f64x2.sub(v128.load(at(row, k), 16), v128.load(at(means, k), 16))
      variances = f64x2.add(variances, f64x2.mul(a, a))
      more = f64x2.add(more, f64x2.mul(b, b))
    }
    for (; k < size; k++) {
      const value = load<f64>(at(row, k)) - load<f64>(at(means, k))
      rest += value * value
    }
  }
  variances = f64x2.add(variances, more)
  store<f64>(results, norms)
  store<f64>(results, f64x2.extract_lane(variances, 0) + f64x2.extract_lane(variances, 1) + rest, 8)
}
