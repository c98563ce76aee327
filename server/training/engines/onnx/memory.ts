/**
 * Everything the engine touches in training lives in one WebAssembly.Memory, planned before it exists and never grown,
 * so that no address and no view ever changes and nothing is allocated in a step.
 */

const ALIGNMENT = 64
const PAGE = 65536

/** Hands out addresses, one after the other. Used once to measure and once for real. */
export class Arena {
  #next: number

  /** @param start first address; 0 itself is never handed out, it stands for nothing */
  constructor(start: number) {
    this.#next = Math.max(start, ALIGNMENT)
  }

  get end(): number {
    return this.#next
  }

  bytes(count: number): number {
    const address = this.#next
    // Kernels may write one vector past the end of a row.
    this.#next += Math.ceil((count + 16) / ALIGNMENT) * ALIGNMENT
    return address
  }

  floats(count: number): number {
    return this.bytes(count * 4)
  }

  doubles(count: number): number {
    return this.bytes(count * 8)
  }
}

/** Buffers that are free again before the plan ends: gradients of activations. */
export class Pool {
  readonly #arena: Arena
  readonly #sizes = new Map<number, number>()
  #free: number[] = []

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** The smallest free buffer that is large enough, or a new one. */
  take(floats: number): number {
    const size = (address: number): number => this.#sizes.get(address) ?? 0
    const fitting = this.#free.filter(address => size(address) >= floats).sort((a, b) => size(a) - size(b))
    const address = fitting[0] ?? this.#arena.floats(floats)
    if (fitting.length === 0) this.#sizes.set(address, floats)
    this.#free = this.#free.filter(one => one !== address)
    return address
  }

  give(address: number): void {
    this.#free.push(address)
  }
}

/** A scratch buffer that every layer may use within one call; as large as the largest needs. */
export class Scratch {
  #floats = 0
  #address = 0

  need(floats: number): void {
    this.#floats = Math.max(this.#floats, floats)
  }

  place(arena: Arena): void {
    this.#address = arena.floats(this.#floats)
  }

  get address(): number {
    return this.#address
  }
}

/** @param shared seen by several threads at once */
export function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
}

/** The floats at an address. */
export function floatsAt(memory: WebAssembly.Memory, address: number, count: number): Float32Array {
  return new Float32Array(memory.buffer, address, count)
}

export function doublesAt(memory: WebAssembly.Memory, address: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, address, count)
}
