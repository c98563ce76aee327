/** Matrix products by ONNX Runtime, read from and written to the engine's memory. */
import { floatsAt } from './memory.ts'
import type { Ort, OrtSession, OrtTensor } from './ort.ts'
import { type ProductKind, productGraph } from './productGraphs.ts'

/** One place in a network that asks for products: the same ones in every step. */
export interface Product {
  /** y [m, n] = a · b over k, as in productGraphs.ts; addresses in bytes. An empty product does nothing. */
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

const noOptions = {}

export class Products {
  readonly #ort: Ort
  readonly #memory: WebAssembly.Memory
  readonly #threads: number
  readonly #sessions = new Map<ProductKind, OrtSession>()

  /** @param threads threads for one product */
  constructor(ort: Ort, memory: WebAssembly.Memory, threads: number) {
    this.#ort = ort
    this.#memory = memory
    this.#threads = threads
  }

  product(kind: ProductKind): Product {
    // Calls come in the same order in every step: the next one is nearly always the one after the last.
    const calls: Call[] = []
    let last = -1
    return {
      run: (a, b, y, m, k, n) => {
        if (m === 0 || k === 0) return
        const fits = (call: Call): boolean =>
          call.y === y && call.a === a && call.b === b && call.m === m && call.k === k
        last = last + 1 < calls.length ? last + 1 : 0
        if (calls.length === 0 || !fits(calls[last])) last = calls.findIndex(fits)
        if (last < 0) last = calls.push(this.#prepare(kind, a, b, y, m, k, n)) - 1
        const { inputs, outputs } = calls[last]
        this.#session(kind).run(inputs, outputs, noOptions)
      },
    }
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.dispose()
    this.#sessions.clear()
  }

  #session(kind: ProductKind): OrtSession {
    let session = this.#sessions.get(kind)
    if (!session) this.#sessions.set(kind, (session = this.#ort.session(productGraph(kind), this.#threads)))
    return session
  }

  #prepare(kind: ProductKind, a: number, b: number, y: number, m: number, k: number, n: number): Call {
    const matrix = (address: number, rows: number, columns: number): OrtTensor =>
      this.#ort.tensor(floatsAt(this.#memory, address, rows * columns), rows, columns)
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
