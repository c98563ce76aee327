/** Matrix products by ONNX Runtime, read from and written to the engine's memory. */
import { floatsAt } from './memory.ts'
import type { Ort, OrtSession, OrtTensor } from './ort.ts'
import { type ProductKind, productGraph } from './productGraphs.ts'

/** The products that one place in a network asks for: always the same sizes but for the rows. */
export interface Product {
  /** Addresses as in productGraphs.ts. Nothing happens when `rows` is 0. */
  run(a: number, b: number, y: number, rows: number): void
}

interface Call {
  readonly a: number
  readonly b: number
  readonly y: number
  readonly rows: number
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

  /** @param ins numbers that go into the layer per row @param outs numbers that come out */
  product(kind: ProductKind, ins: number, outs: number): Product {
    // Calls come in the same order in every step: the next one is nearly always the one after the last.
    const calls: Call[] = []
    let last = -1
    return {
      run: (a, b, y, rows) => {
        if (rows === 0) return
        const fits = (call: Call | undefined): call is Call =>
          call !== undefined && call.a === a && call.b === b && call.y === y && call.rows === rows
        last = (last + 1) % Math.max(1, calls.length)
        if (!fits(calls[last])) last = calls.findIndex(fits)
        if (last < 0) last = calls.push(this.#prepare(kind, a, b, y, rows, ins, outs)) - 1
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

  #prepare(kind: ProductKind, a: number, b: number, y: number, rows: number, ins: number, outs: number): Call {
    const matrix = (address: number, height: number, width: number): OrtTensor =>
      this.#ort.tensor(floatsAt(this.#memory, address, height * width), height, width)
    const x = { a: matrix(a, rows, kind === 'inputGradient' ? outs : ins) }
    const weights = (address: number): OrtTensor => matrix(address, ins, outs)
    const where = { a, b, y, rows }
    switch (kind) {
      case 'forward':
        return { ...where, inputs: { ...x, b: weights(b) }, outputs: { y: matrix(y, rows, outs) } }
      case 'weightGradient':
        return { ...where, inputs: { ...x, b: matrix(b, rows, outs) }, outputs: { y: weights(y) } }
      case 'inputGradient':
        return { ...where, inputs: { ...x, b: weights(b) }, outputs: { y: matrix(y, rows, ins) } }
    }
  }
}
