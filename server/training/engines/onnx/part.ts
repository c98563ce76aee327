/** One thread's share of the engine: its program, and its slice of the weights to update. */
import { clipFactor, tiniest, updateRule } from '../optimizerRule.ts'
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
    const { layout, team } = this
    const { engine } = this.#options
    const first = layout.gradients[0]
    const stride = team.size > 1 ? layout.gradients[1] - first : 0
    const [from, to] = this.#slice()
    team.barrier()
    const squares = this.#kernels.gatherGradient(first + from * 4, to - from, team.size, stride)
    this.#numbers[number.squares + team.rank] = squares
    team.barrier()
    let total = 0
    for (let rank = 0; rank < team.size; rank++) total += this.#numbers[number.squares + rank]
    const norm = Math.sqrt(total)
    const clip = clipFactor(norm, engine.clipNorm)
    const rule = updateRule(engine.optimizer, this.#numbers[number.learningRate], this.step + 1)
    for (const { spec, offset, count } of layout.trained) {
      const begin = Math.max(from, offset)
      const end = Math.min(to, offset + Math.ceil(count / 4) * 4)
      if (begin >= end) continue
      const weight = layout.weights + begin * 4
      const gradient = first + begin * 4
      const [slot, second] = layout.slots.map(({ address }) => address + begin * 4)
      const keep = spec.decays ? rule.keep : 1
      if (rule.kind === 'adam') {
        const { beta1, beta2, epsilon, size, root } = rule
        this.#kernels.adam(
          weight,
          gradient,
          slot,
          second,
          end - begin,
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
        this.#kernels.momentum(weight, gradient, slot, end - begin, clip, keep, rule.momentum, rule.rate, tiniest)
      }
    }
    team.barrier()
    return norm
  }

  dispose(): void {
    this.#products.dispose()
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
