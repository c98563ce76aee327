/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), seeded through splitmix32.
 * The same seed gives the same numbers everywhere, and a state written to a checkpoint continues where it was.
 */
const two32 = 0x1_0000_0000

/** Words in an exported state: four of the generator, two of the seed. */
export const randomStateLength = 6

export class Random {
  readonly #words: Uint32Array
  readonly #seed: readonly [number, number]

  private constructor(words: Uint32Array, seed: readonly [number, number]) {
    this.#words = words
    this.#seed = seed
  }

  /**
   * @param seed any safe integer, negative ones included
   * @throws RangeError when the seed is not a safe integer
   */
  static fromSeed(seed: number): Random {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a whole number, got ${seed}`)
    return Random.#seeded(seed >>> 0, Math.floor(seed / two32) >>> 0)
  }

  /** @throws RangeError when this is not a state that `state()` gave */
  static fromState(state: Uint32Array): Random {
    if (state.length !== randomStateLength) {
      throw new RangeError(`a random state has ${randomStateLength} words, got ${state.length}`)
    }
    const words = state.slice(0, 4)
    if (words.every(word => word === 0)) throw new RangeError('a random state of zeros never leaves zero')
    return new Random(words, [state[4], state[5]])
  }

  static #seeded(low: number, high: number): Random {
    const words = new Uint32Array(4)
    let counter = mix32(low ^ mix32(high ^ 0x9e3779b9))
    for (let i = 0; i < 4; i++) {
      counter = (counter + 0x9e3779b9) | 0
      words[i] = mix32(counter)
    }
    // The one state from which the generator never moves.
    if (words.every(word => word === 0)) words[0] = 1
    return new Random(words, [low, high])
  }

  /** A copy of the whole state, for a checkpoint. */
  state(): Uint32Array {
    return Uint32Array.of(...this.#words, ...this.#seed)
  }

  /**
   * An independent stream, the same for the same seed and label however many numbers were drawn before: adding a draw in
   * one place does not change the numbers of another.
   */
  fork(label: string): Random {
    let hash = 0x811c9dc5 // FNV-1a
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193)
    return Random.#seeded(mix32(this.#seed[0] ^ hash), mix32(this.#seed[1] ^ mix32(hash ^ label.length)))
  }

  /** Uniform over the whole numbers 0 … 2³² − 1. */
  word(): number {
    const s = this.#words
    const product = Math.imul(s[1], 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= shifted
    s[3] = (s[3] << 11) | (s[3] >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = this.word() >>> 5
    const low = this.word() >>> 6
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000
  }

  /**
   * Uniform over 0 … n − 1, without the bias of a remainder.
   * @throws RangeError when n is not a whole number from 1 to 2³²
   */
  below(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= two32)) throw new RangeError(`cannot draw below ${n}`)
    const limit = two32 - (two32 % n)
    let word = this.word()
    while (word >= limit) word = this.word()
    return word % n
  }

  /** Standard normal (Box–Muller; the second number is not kept, so that the state stays four words). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Puts items `from` (inclusive) … `to` (exclusive) in random order, in place (Fisher–Yates). */
  shuffle(items: Int32Array, from = 0, to = items.length): void {
    for (let i = to - 1; i > from; i--) {
      const j = from + this.below(i - from + 1)
      const item = items[i]
      items[i] = items[j]
      items[j] = item
    }
  }
}

/** A bijection of 32-bit words in which every bit of the input changes about half of the output (Wellons' lowbias32). */
function mix32(word: number): number {
  let x = word | 0
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
