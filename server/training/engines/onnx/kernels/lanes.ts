/** Small helpers over four floats at a time. Addresses are bytes, lengths are floats; nothing need be aligned. */

export const FLOAT: usize = 4
export const LANES: i32 = 4

// @ts-ignore: a decorator of AssemblyScript
@inline
export function floatAt(base: usize, index: i32): usize {
  return base + (<usize>index << 2)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function copyFloats(to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + 4 * LANES <= count; i += 4 * LANES) {
    const p = floatAt(from, i)
    const q = floatAt(to, i)
    const a = v128.load(p)
    const b = v128.load(p, 16)
    const c = v128.load(p, 32)
    const d = v128.load(p, 48)
    v128.store(q, a)
    v128.store(q, b, 16)
    v128.store(q, c, 32)
    v128.store(q, d, 48)
  }
  for (; i + LANES <= count; i += LANES) v128.store(floatAt(to, i), v128.load(floatAt(from, i)))
  for (; i < count; i++) store<f32>(floatAt(to, i), load<f32>(floatAt(from, i)))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function addFloats(to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + LANES <= count; i += LANES) {
    v128.store(floatAt(to, i), f32x4.add(v128.load(floatAt(to, i)), v128.load(floatAt(from, i))))
  }
  for (; i < count; i++) store<f32>(floatAt(to, i), load<f32>(floatAt(to, i)) + load<f32>(floatAt(from, i)))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function zeroFloats(to: usize, count: i32): void {
  const zero = f32x4.splat(0)
  let i = 0
  for (; i + LANES <= count; i += LANES) v128.store(floatAt(to, i), zero)
  for (; i < count; i++) store<f32>(floatAt(to, i), 0)
}

/** The sum of the four lanes, always in the same order. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function laneSum(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  )
}
