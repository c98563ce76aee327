/** Matrix products by ONNX Runtime, read from and written to the engine's memory. */
import { floatsAt } from './memory.ts'
import type { Ort, OrtSession, OrtTensor } from './ort.ts'
import { type ProductKind, productGraph } from './productGraphs.ts'

/** One place in a network that asks for products: the same ones in every step. */
export interface Product {
  /**
   * y [m, n] = a · b over k, as in productGraphs.ts; addresses in bytes. An empty product does nothing. Many products lie
   * one after the other at each address.
   */
  run(a: number, b: number, y: number, m: number, k: number, n: number): void
}

/** A product with its tensors made: making them costs more than a small product. */
interface Call {
  readonly a: number
  readonly b: number
  readonly y: number
  readonly m: number
  readonly k: number
  readonly inputs: Readonly<Record<'a' | 'b', OrtTensor>>
  readonly outputs: Readonly<Record<'y', OrtTensor>>
}

export class Products {
  readonly #ort: Ort
  readonly #memory: WebAssembly.Memory
  readonly #threads: number
  readonly #sessions = new Map<string, OrtSession>()

  /** @param threads threads for one product */
  constructor(ort: Ort, memory: WebAssembly.Memory, threads: number) {
    this.#ort = ort
    this.#memory = memory
    this.#threads = threads
  }

  /** @param count products of the same size in one call */
  product(kind: ProductKind, count = 1): Product {
    // Calls come in the same order in every step: the next one is nearly always the one after the last.
    const calls: Call[] = []
    let last = -1
    let session: OrtSession | undefined
    return {
      run: (a, b, y, m, k, n) => {
        if (m === 0 || k === 0) return
        const fits = (call: Call): boolean =>
          call.y === y && call.a === a && call.b === b && call.m === m && call.k === k
        last = last + 1 < calls.length ? last + 1 : 0
        if (calls.length === 0 || !fits(calls[last])) last = calls.findIndex(fits)
        if (last < 0) last = calls.push(this.#prepare(kind, count, a, b, y, m, k, n)) - 1
        const { inputs, outputs } = calls[last]
        session ??= this.#session(kind, count > 1)
        session.run(inputs, outputs)
      },
    }
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.dispose()
    this.#sessions.clear()
  }

  #session(kind: ProductKind, many: boolean): OrtSession {
    const name = `${kind} ${many}`
    let session = this.#sessions.get(name)
    if (!session) this.#sessions.set(name, (session = this.#ort.session(productGraph(kind, many), this.#threads)))
    return session
  }

  #prepare(kind: ProductKind, count: number, a: number, b: number, y: number, m: number, k: number, n: number): Call {
    const matrix = (address: number, rows: number, columns: number): OrtTensor => {
      const dims = count > 1 ? [count, rows, columns] : [rows, columns]
      return this.#ort.tensor(floatsAt(this.#memory, address, count * rows * columns), dims)
    }
    return {
      ...{ a, b, y, m, k },
      inputs: {
        a: kind === 'transposedA' ? matrix(a, k, m) : matrix(a, m, k),
        b: kind === 'transposedB' ? matrix(b, n, k) : matrix(b, k, n),
      },
      outputs: { y: matrix(y, m, n) },
    }
  }
}
