/** One thread's share of the engine: its program, and its slice of the weights to update. */
import { clipFactor, tiniest, type UpdateRule, updateRule } from '../optimizerRule.ts'
import type { EngineOptions } from '../trainEngine.ts'
import { type Kernels, instantiateKernels } from './kernels.ts'
import { type SharedLayout, sharedLayout } from './layout.ts'
import { Arena, Scratch, doublesAt } from './memory.ts'
import type { Pass, Workbench } from './operations/operation.ts'
import type { Ort } from './ort.ts'
import { Products } from './products.ts'
import { type Program, buildProgram } from './program.ts'
import { Team } from './team.ts'

/** Everything that every thread of an engine is built from. */
export interface PartOptions {
  readonly engine: EngineOptions
  readonly ranks: number
  /** Threads inside one matrix product. */
  readonly productThreads: number
  readonly kernels: WebAssembly.Module
}

/** Indices into `SharedLayout.numbers`. */
const number = { learningRate: 0, step: 1, squares: 2 } as const

export class Part {
  readonly layout: SharedLayout
  readonly team: Team
  readonly program: Program
  /** Bytes of this thread's own tensors, and where they begin when it is the first. */
  readonly bytes: number
  readonly firstStart: number
  readonly #options: PartOptions
  readonly #kernels: Kernels
  readonly #products: Products
  readonly #numbers: Float64Array
  /** Floats in a row of the weights whose rows are divided among the threads, by name. */
  readonly #divided = new Map<string, number>()

  /**
   * @param partBytes what each thread needs for its own tensors: `bytes` of a part built to find out
   */
  constructor(options: PartOptions, memory: WebAssembly.Memory, ort: Ort, rank: number, partBytes: number) {
    this.#options = options
    const shared = new Arena(0)
    this.layout = sharedLayout(shared, options.engine, options.ranks)
    this.team = new Team(memory, this.layout.control, rank, options.ranks)
    this.#numbers = doublesAt(memory, this.layout.numbers, 2 + options.ranks)
    this.#kernels = instantiateKernels(options.kernels, memory)
    this.#products = new Products(ort, memory, options.productThreads)
    this.firstStart = shared.end
    const begin = shared.end + rank * partBytes
    const arena = new Arena(begin)
    this.program = buildProgram(this.#workbench(memory, arena, partBytes), options.engine.network)
    this.bytes = arena.end - begin
  }

  set learningRate(rate: number) {
    this.#numbers[number.learningRate] = rate
  }

  /** Optimizer steps taken. */
  get step(): number {
    return this.#numbers[number.step]
  }

  set step(step: number) {
    this.#numbers[number.step] = step
  }

  forward(training: boolean): void {
    this.program.forward(this.#pass(training))
  }

  /** Puts this thread's embeddings where all can read them. */
  publish(): void {
    const { first, images } = this.team.part()
    const { address, size } = this.program.output
    this.#kernels.copy(this.layout.embeddings + first * size * 4, address, images * size)
  }

  /** Measures this thread's share of the distances between the embeddings that all have published. */
  measure(): void {
    const { first, images } = this.team.part()
    const { embeddings, distances } = this.layout
    if (distances === 0) return
    const { size } = this.program.output
    this.#kernels.squaredDistances(distances, embeddings, this.team.images, size, first, first + images)
  }

  /** What this thread can do while the first one mines triplets. */
  prepare(): void {
    this.program.prepare(this.#pass(true))
  }

  backward(): void {
    const pass = this.#pass(true)
    const own = this.layout.gradients[this.team.rank]
    if (pass.images === 0) this.#kernels.zero(own, this.layout.trainedFloats)
    this.program.backward(pass)
  }

  /**
   * Adds the gradients of all threads and moves this thread's slice of the weights.
   * @returns the norm of the whole gradient
   */
  update(): number {
    const { clipNorm, optimizer } = this.#options.engine
    const rule = updateRule(optimizer, this.#numbers[number.learningRate], this.step + 1)
    this.team.barrier()
    this.program.finish(this.#pass(true))
    // Nothing waits for the norm: gradients are added as they move the weights.
    if (clipNorm === null) return this.#norm(this.#move(rule, 1, false))
    const norm = this.#norm(this.#gather())
    this.#move(rule, clipFactor(norm, clipNorm), true)
    this.team.barrier()
    return norm
  }

  dispose(): void {
    this.#products.dispose()
  }

  /** A thread's floats of a weight: whole rows where rows are divided, else whole vectors, of which the last may have rests. */
  #share(name: string, count: number, rank = this.team.rank): { readonly first: number; readonly floats: number } {
    const { size } = this.team
    const unit = this.#divided.get(name) ?? 4
    const units = Math.ceil(count / unit)
    const first = Math.floor((units * rank) / size)
    return { first: first * unit, floats: (Math.floor((units * (rank + 1)) / size) - first) * unit }
  }

  /** Adds up all threads' gradients of this thread's slice, in the first one's block. @returns the sum of squares */
  #gather(): number {
    let squares = 0
    for (const { spec, offset, count } of this.layout.trained) {
      const { first, floats } = this.#share(spec.name, count)
      const { address, parts, stride } = this.#gradient(spec.name, offset + first, false)
      squares += this.#kernels.gatherGradient(address, floats, parts, stride)
    }
    return squares
  }

  /** Where the parts of a gradient are that are still to be added, from a float of the weights on. */
  #gradient(
    name: string,
    from: number,
    isWhole: boolean,
  ): { readonly address: number; readonly parts: number; readonly stride: number } {
    const [first, second = first] = this.layout.gradients
    const parts = isWhole || this.#divided.has(name) ? 1 : this.team.size
    return { address: first + from * 4, parts, stride: second - first }
  }

  /** The norm from the sums of squares of all threads, which wait for one another here. */
  #norm(squares: number): number {
    const { rank, size } = this.team
    this.#numbers[number.squares + rank] = squares
    this.team.barrier()
    let total = 0
    for (let other = 0; other < size; other++) total += this.#numbers[number.squares + other]
    return Math.sqrt(total)
  }

  /**
   * Moves this thread's slice of the weights.
   * @param isWhole whether the threads' gradients were added already
   * @returns the sum of squares of its gradient, before it is clipped
   */
  #move(rule: UpdateRule, clip: number, isWhole: boolean): number {
    const { trained, weights, slots } = this.layout
    const kernels = this.#kernels
    let squares = 0
    for (const { spec, offset, count } of trained) {
      const { first, floats } = this.#share(spec.name, count)
      const from = offset + first
      const { address, parts, stride } = this.#gradient(spec.name, from, isWhole)
      const [weight, ...memories] = [weights, ...slots.map(slot => slot.address)].map(start => start + from * 4)
      const common = [floats, parts, stride, clip, spec.decays ? rule.keep : 1] as const
      if (rule.kind === 'adam') {
        const { beta1, beta2, epsilon, size, root } = rule
        const [m, v] = memories
        const rates = [beta1, beta2, 1 - beta1, 1 - beta2, epsilon, size, root, tiniest] as const
        squares += kernels.adam(weight, address, m, v, ...common, ...rates)
      } else {
        const [velocity] = memories
        squares += kernels.momentum(weight, address, velocity, ...common, rule.momentum, rule.rate, tiniest)
      }
    }
    return squares
  }

  #pass(training: boolean): Pass {
    const { first, images } = this.team.part()
    return { images, first, batch: this.team.images, training, step: this.step }
  }

  #workbench(memory: WebAssembly.Memory, arena: Arena, partBytes: number): Workbench {
    const { layout, team } = this
    const { engine, ranks } = this.#options
    const trained = new Map(layout.trained.map(({ spec, offset }) => [spec.name, offset * 4]))
    const counts = new Map(layout.trained.map(({ spec, count }) => [spec.name, count]))
    const running = new Map(layout.running.map(({ spec, address }) => [spec.name, address]))
    return {
      kernels: this.#kernels,
      products: this.#products,
      memory,
      team,
      arena,
      columns: new Scratch(),
      planes: new Scratch(),
      beforePool: new Scratch(),
      partial: new Scratch(),
      images: Math.ceil(engine.batchSize / ranks),
      seed: engine.seed,
      weight: name => layout.weights + known(trained, name),
      gradient: name => layout.gradients[team.rank] + known(trained, name),
      neighbour: (address, rank) => address + (rank - team.rank) * partBytes,
      divide: (name, rowFloats) => {
        this.#divided.set(name, rowFloats)
        const count = known(counts, name)
        const of = (rank: number): { readonly first: number; readonly rows: number } => {
          const { first, floats } = this.#share(name, count, rank)
          return { first: first / rowFloats, rows: floats / rowFloats }
        }
        return { gradient: layout.gradients[0] + known(trained, name) + of(team.rank).first * rowFloats * 4, of }
      },
      running: name => known(running, name),
      statistics: (name, rank) => known(layout.statistics, name) + rank * layout.statisticsStride,
    }
  }
}

function known(addresses: ReadonlyMap<string, number>, name: string): number {
  const address = addresses.get(name)
  if (address === undefined) throw new Error(`The network has no tensor "${name}".`)
  return address
}
