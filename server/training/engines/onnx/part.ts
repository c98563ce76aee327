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

/** Weights that are updated at a time: with their gradients and the optimizer's memory they fit into a core's first cache. */
const blockFloats = 1024

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
    this.program = buildProgram(this.#workbench(memory, arena), options.engine.network)
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
    let squares = 0
    if (clipNorm === null) {
      // Nothing waits for the norm: a block moves while its gradient is still in the cache.
      this.#eachBlock((from, count, decays) => {
        squares += this.#gather(from, count)
        this.#move(rule, from, count, decays, 1)
      })
      return this.#norm(squares)
    }
    this.#eachBlock((from, count) => {
      squares += this.#gather(from, count)
    })
    const norm = this.#norm(squares)
    const clip = clipFactor(norm, clipNorm)
    this.#eachBlock((from, count, decays) => this.#move(rule, from, count, decays, clip))
    this.team.barrier()
    return norm
  }

  dispose(): void {
    this.#products.dispose()
  }

  /** Calls with every block of this thread's slice: whole vectors of one tensor, from a place among the trained floats. */
  #eachBlock(visit: (from: number, count: number, decays: boolean) => void): void {
    const [begin, end] = this.#slice()
    for (const { spec, offset, count } of this.layout.trained) {
      const to = Math.min(end, offset + Math.ceil(count / 4) * 4)
      for (let from = Math.max(begin, offset); from < to; from += blockFloats)
        visit(from, Math.min(blockFloats, to - from), spec.decays)
    }
  }

  /** Adds up all threads' gradients of a block. @returns the sum of squares */
  #gather(from: number, count: number): number {
    const [first, second = first] = this.layout.gradients
    return this.#kernels.gatherGradient(first + from * 4, count, this.team.size, second - first)
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

  #move(rule: UpdateRule, from: number, count: number, decays: boolean, clip: number): void {
    const { layout } = this
    const weight = layout.weights + from * 4
    const gradient = layout.gradients[0] + from * 4
    const [slot, second] = layout.slots.map(({ address }) => address + from * 4)
    const keep = decays ? rule.keep : 1
    if (rule.kind === 'adam') {
      const { beta1, beta2, epsilon, size, root } = rule
      this.#kernels.adam(
        weight,
        gradient,
        slot,
        second,
        count,
        clip,
        keep,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        epsilon,
        size,
        root,
        tiniest,
      )
    } else {
      this.#kernels.momentum(weight, gradient, slot, count, clip, keep, rule.momentum, rule.rate, tiniest)
    }
  }

  #pass(training: boolean): Pass {
    const { first, images } = this.team.part()
    return { images, first, batch: this.team.images, training, step: this.step }
  }

  /** This thread's slice of the trained weights, in floats: whole vectors. */
  #slice(): readonly [number, number] {
    const vectors = this.layout.trainedFloats / 4
    const { rank, size } = this.team
    return [Math.floor((vectors * rank) / size) * 4, Math.floor((vectors * (rank + 1)) / size) * 4]
  }

  #workbench(memory: WebAssembly.Memory, arena: Arena): Workbench {
    const { layout, team } = this
    const { engine, ranks } = this.#options
    const trained = new Map(layout.trained.map(({ spec, offset }) => [spec.name, offset * 4]))
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
