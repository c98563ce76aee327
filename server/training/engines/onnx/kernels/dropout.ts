/** Dropout by position: the random numbers of models/counterRandom.ts, so that no mask need be kept. */
import { floatAt } from './lanes'

// @ts-ignore: a decorator of AssemblyScript
@inline
function mix(value: u32): u32 {
  let x = value
  x = (x ^ (x >>> 16)) * 0x7feb352d
  x = (x ^ (x >>> 15)) * 0x846ca68b
  return x ^ (x >>> 16)
}

/** y[i] = x[i] · kept, or 0 where the number at position first + i is below the threshold. May be in place. */
export function dropout(y: usize, x: usize, count: i32, key: u32, first: u32, threshold: f64, kept: f32): void {
  for (let i = 0; i < count; i++) {
    const bits = mix(mix(key + (first + <u32>i) * 0x9e3779b9) ^ key)
    store<f32>(floatAt(y, i), <f64>bits < threshold ? 0 : load<f32>(floatAt(x, i)) * kept)
  }
}
