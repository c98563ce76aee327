import type { AugmentSpec } from '../../protocol/runSpec.ts'
import type { Random } from '../core/random.ts'
import type { Shape } from './models/network.ts'

/** Orders of red, green and blue other than the usual one. */
const orders = [
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const

/** What happens to all pictures of a class in a batch. */
interface Change {
  readonly mirrored: boolean
  /** Quarter turns, counter-clockwise. */
  readonly turns: 0 | 1 | 2 | 3
  readonly order: readonly [number, number, number] | null
}

/**
 * Makes classes that were never there: all pictures that a batch shows of a class are mirrored, turned or recoloured alike,
 * so that they still belong together, but look like nothing else. More classes to tell apart are what helps most with
 * classes that were never seen. Santoro et al., One-shot Learning with Memory-Augmented Neural Networks, 2016
 * (arXiv:1605.06065), turn characters into new ones in this way.
 */
export class NewClasses {
  readonly #spec: AugmentSpec
  readonly #shape: Shape
  readonly #scratch: Float32Array
  readonly active: boolean

  constructor(spec: AugmentSpec, shape: Shape) {
    this.#spec = spec
    this.#shape = shape
    this.#scratch = new Float32Array(shape.height * shape.width * shape.channels)
    this.active = Math.max(spec.mirrorClasses, spec.turnClasses, shape.channels === 3 ? spec.recolorClasses : 0) > 0
  }

  /**
   * @param data pictures, [count, height, width, channels], changed in place
   * @param labels class of each picture
   * @param random of this batch; what happens to a class depends on it and on the class alone
   */
  apply(data: Float32Array, count: number, labels: Int32Array, random: Random): void {
    if (!this.active) return
    const changes = new Map<number, Change>()
    const size = this.#scratch.length
    for (let i = 0; i < count; i++) {
      let change = changes.get(labels[i])
      if (change === undefined) changes.set(labels[i], (change = this.#draw(random.fork(`class ${labels[i]}`))))
      this.#change(data.subarray(i * size, (i + 1) * size), change)
    }
  }

  /** Every random number is drawn whether or not it is used: settings do not change one another's numbers. */
  #draw(random: Random): Change {
    const { mirrorClasses, turnClasses, recolorClasses } = this.#spec
    const { height, width, channels } = this.#shape
    const mirrored = random.uniform() < mirrorClasses
    const turned = random.uniform() < turnClasses
    const turns = ([1, 2, 3] as const)[Math.floor(3 * random.uniform())]
    const recolored = random.uniform() < recolorClasses && channels === 3
    const order = orders[Math.floor(orders.length * random.uniform())]
    return { mirrored, turns: turned ? (height === width ? turns : 2) : 0, order: recolored ? order : null }
  }

  #change(picture: Float32Array, { mirrored, turns, order }: Change): void {
    if (order !== null) {
      const [red, green, blue] = order
      for (let i = 0; i < picture.length; i += 3) {
        const pixel = [picture[i], picture[i + 1], picture[i + 2]]
        picture[i] = pixel[red]
        picture[i + 1] = pixel[green]
        picture[i + 2] = pixel[blue]
      }
    }
    if (!mirrored && turns === 0) return
    const { height, width, channels } = this.#shape
    this.#scratch.set(picture)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let [fromY, fromX] = [y, x]
        if (turns % 2 === 1) [fromY, fromX] = [fromX, width - 1 - fromY]
        if (turns >= 2) [fromY, fromX] = [height - 1 - fromY, width - 1 - fromX]
        if (mirrored) fromX = width - 1 - fromX
        const from = (fromY * width + fromX) * channels
        const to = (y * width + x) * channels
        for (let c = 0; c < channels; c++) picture[to + c] = this.#scratch[from + c]
      }
  }
}
