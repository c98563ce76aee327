/**
 * Halton's sequence, scrambled: points that fill a cube more evenly than independent ones, in any number, from any place
 * of the sequence. One prime base a dimension; every digit goes through a permutation of its own, drawn from the seed,
 * which breaks the stripes that large bases have (Owen 2017, "A randomized Halton algorithm in R", arXiv:1706.02808).
 */
import type { Random } from '../core/random.ts'

/** Digits are written down to this resolution. */
const resolution = 2 ** -32

export class Halton {
  readonly #bases: readonly number[]
  readonly #permutations: readonly (readonly Int32Array[])[]

  constructor(dimensions: number, random: Random) {
    this.#bases = primes(dimensions)
    this.#permutations = this.#bases.map((base, d) => {
      const digits = Math.ceil(Math.log(1 / resolution) / Math.log(base))
      return Array.from({ length: digits }, (_, k) => {
        const permutation = Int32Array.from({ length: base }, (_, i) => i)
        random.fork(`digit ${d} ${k}`).shuffle(permutation)
        return permutation
      })
    })
  }

  /** @returns the coordinate of a point of the sequence in one dimension, in [0, 1) */
  at(index: number, dimension: number): number {
    const base = this.#bases[dimension]
    let rest = index
    let weight = 1
    let sum = 0
    for (const permutation of this.#permutations[dimension]) {
      weight /= base
      sum += weight * permutation[rest % base]
      rest = Math.floor(rest / base)
    }
    return Math.min(sum, 1 - Number.EPSILON)
  }
}

export function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every(prime => n % prime !== 0)) found.push(n)
  return found
}
