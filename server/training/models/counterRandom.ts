/**
 * Random numbers by position: the same (seed, stream, index) gives the same number, in any order. Initial weights and
 * dropout masks come from here, so that a resumed run goes on exactly where it was, on every engine, with no state to store.
 */

/** A well-mixing bijection of 32-bit integers: Chris Wellons' lowbias32 (nullprogram.com/blog/2018/07/31). */
function mix(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** Names a stream of random numbers: a run's seed, then what it is for, as any number of parts. */
export function streamKey(seed: number, ...parts: readonly (number | string)[]): number {
  let key = mix(seed | 0)
  // Seeds beyond 32 bits differ too.
  key = mix(key ^ Math.trunc(seed / 0x100000000))
  for (const part of parts) {
    if (typeof part === 'number') key = mix(key + mix((part | 0) + 0x9e3779b9))
    else for (let i = 0; i < part.length; i++) key = mix(key + part.charCodeAt(i) + 0x9e3779b9)
  }
  return key
}

/** Uniform 32-bit integer at a position of a stream. */
export function bitsAt(key: number, index: number): number {
  return mix(mix(key + Math.imul(index, 0x9e3779b9)) ^ key)
}

/** Fills with normal numbers of mean 0 (Box–Muller, both halves used). */
export function fillNormal(into: Float32Array, key: number, deviation: number): void {
  for (let i = 0; i < into.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((bitsAt(key, i) + 0.5) / 4294967296)) * deviation
    const angle = (2 * Math.PI * bitsAt(key, i + 1)) / 4294967296
    into[i] = radius * Math.cos(angle)
    if (i + 1 < into.length) into[i + 1] = radius * Math.sin(angle)
  }
}

/**
 * The factors of a dropout layer at a training step: 0 with probability `rate`, else 1 / (1 − rate). Row-major as the
 * activations [n, …]. Srivastava et al., JMLR 2014, with the scaling at training time.
 *
 * @param layer position in `network.layers`
 * @param step optimizer steps taken before this one: `optimizer/step` of the engine's state
 */
export function dropoutMask(into: Float32Array, seed: number, layer: number, step: number, rate: number): void {
  const key = streamKey(seed, 'dropout', layer, step)
  const threshold = rate * 4294967296
  const kept = 1 / (1 - rate)
  for (let i = 0; i < into.length; i++) into[i] = bitsAt(key, i) < threshold ? 0 : kept
}
