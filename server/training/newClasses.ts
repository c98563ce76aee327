import type { AugmentSpec } from '../../protocol/runSpec.ts'
import type { Random } from '../core/random.ts'
import type { Shape } from './models/network.ts'
import { sample } from './sampling.ts'

/** Orders of red, green and blue other than the usual one. */
const orders = [
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const

/** A smooth bend is given by its strength at so many points each way, and runs straight between them. */
const bendPoints = 4

/** How far from the middle the line of a joined class may run, as a share of the picture's smaller side. */
const lineOffset = 0.25

/** What happens to all pictures of a class in a batch. */
interface Change {
  readonly mirrored: boolean
  /** Quarter turns, counter-clockwise. */
  readonly turns: 0 | 1 | 2 | 3
  readonly order: readonly [number, number, number] | null
  /** Where each pixel comes from, x and y in turn; `null`: from its own place. */
  readonly sources: Float64Array | null
  /** Pixels that show another class, and which of the others it is, from 0 to 1; `null`: none. */
  readonly join: { readonly beyond: readonly boolean[]; readonly other: number } | null
}

/** What a batch has of a class. */
interface Member {
  readonly change: Change
  /** Numbers of its pictures in the batch. */
  readonly pictures: number[]
}

/**
 * Makes classes that were never there: all pictures that a batch shows of a class are mirrored, turned, recoloured,
 * stretched or bent alike, or go on with another class beyond the same line, so that they still belong together, but look
 * like nothing else. More classes to tell apart are what helps most with classes that were never seen. Santoro et al.,
 * One-shot Learning with Memory-Augmented Neural Networks, 2016 (arXiv:1605.06065), turn characters into new ones in this
 * way; Yun et al., CutMix, ICCV 2019 (arXiv:1905.04899), join pictures.
 */
export class NewClasses {
  readonly #spec: AugmentSpec
  readonly #shape: Shape
  readonly #scratch: Float32Array
  /** The batch before classes are joined; grows to the largest one. */
  #before = new Float32Array(0)
  readonly active: boolean

  constructor(spec: AugmentSpec, shape: Shape) {
    this.#spec = spec
    this.#shape = shape
    this.#scratch = new Float32Array(shape.height * shape.width * shape.channels)
    const { mirrorClasses, turnClasses, recolorClasses, stretchClasses, warpClasses, joinClasses } = spec
    const recolored = shape.channels === 3 ? recolorClasses : 0
    this.active = Math.max(mirrorClasses, turnClasses, recolored, stretchClasses, warpClasses, joinClasses) > 0
  }

  /**
   * @param data pictures, [count, height, width, channels], changed in place
   * @param labels class of each picture
   * @param random of this batch; what happens to a class depends on it and on the class alone, but for the class that it
   * is joined with, which is one of the batch
   */
  apply(data: Float32Array, count: number, labels: Int32Array, random: Random): void {
    if (!this.active) return
    const members = new Map<number, Member>()
    const size = this.#scratch.length
    for (let i = 0; i < count; i++) {
      let member = members.get(labels[i])
      if (member === undefined)
        members.set(labels[i], (member = { change: this.#draw(random.fork(`class ${labels[i]}`)), pictures: [] }))
      member.pictures.push(i)
      this.#change(data.subarray(i * size, (i + 1) * size), member.change)
    }
    if (this.#spec.joinClasses > 0) this.#join(data, count, [...members.values()])
  }

  /**
   * Every random number is drawn whether or not it is used, or is from a stream of its own: settings do not change one
   * another's numbers.
   */
  #draw(random: Random): Change {
    const { mirrorClasses, turnClasses, recolorClasses, stretchClasses, warpClasses, joinClasses } = this.#spec
    const { height, width, channels } = this.#shape
    const mirrored = random.uniform() < mirrorClasses
    const turned = random.uniform() < turnClasses
    const turns = ([1, 2, 3] as const)[Math.floor(3 * random.uniform())]
    const recolored = random.uniform() < recolorClasses && channels === 3
    const order = orders[Math.floor(orders.length * random.uniform())]
    const bent = stretchClasses > 0 || warpClasses > 0
    const joined = random.fork('join')
    return {
      mirrored,
      turns: turned ? (height === width ? turns : 2) : 0,
      order: recolored ? order : null,
      sources: bent ? this.#sources(random.fork('bend')) : null,
      join: joined.uniform() < joinClasses ? { beyond: this.#line(joined), other: joined.uniform() } : null,
    }
  }

  /** Stretched and slanted about the middle, and bent. */
  #sources(random: Random): Float64Array {
    const { stretchClasses, warpClasses } = this.#spec
    const { height, width } = this.#shape
    const eachWay = () => 2 * random.uniform() - 1
    const stretchX = (1 + stretchClasses) ** eachWay()
    const stretchY = (1 + stretchClasses) ** eachWay()
    const slantX = (eachWay() * stretchClasses) / 2
    const slantY = (eachWay() * stretchClasses) / 2
    const bend = Float64Array.from({ length: 2 * bendPoints ** 2 }, () => eachWay() * warpClasses)
    const middleX = (width - 1) / 2
    const middleY = (height - 1) / 2
    const sources = new Float64Array(2 * height * width)
    const columns = Array.from({ length: width }, (_, x) => along(x, width))
    const rows = Array.from({ length: height }, (_, y) => along(y, height))
    let to = 0
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const u = x - middleX
        const v = y - middleY
        sources[to++] = stretchX * u + slantX * v + middleX + bendAt(bend, rows[y], columns[x], 0)
        sources[to++] = slantY * u + stretchY * v + middleY + bendAt(bend, rows[y], columns[x], 1)
      }
    return sources
  }

  /** One side of a line through the picture, near its middle. */
  #line(random: Random): boolean[] {
    const { height, width } = this.#shape
    const angle = 2 * Math.PI * random.uniform()
    const offset = (2 * random.uniform() - 1) * lineOffset * Math.min(height, width)
    return Array.from({ length: height * width }, (_, i) => {
      const u = (i % width) - (width - 1) / 2
      const v = Math.floor(i / width) - (height - 1) / 2
      return Math.cos(angle) * u + Math.sin(angle) * v > offset
    })
  }

  #change(picture: Float32Array, { mirrored, turns, order, sources }: Change): void {
    if (order !== null) {
      const [red, green, blue] = order
      for (let i = 0; i < picture.length; i += 3) {
        const pixel = [picture[i], picture[i + 1], picture[i + 2]]
        picture[i] = pixel[red]
        picture[i + 1] = pixel[green]
        picture[i + 2] = pixel[blue]
      }
    }
    if (mirrored || turns !== 0) this.#turn(picture, mirrored, turns)
    if (sources === null) return
    this.#scratch.set(picture)
    for (let i = 0, to = 0; to < picture.length; i += 2, to += this.#shape.channels)
      sample(this.#scratch, this.#shape, sources[i], sources[i + 1], picture, to)
  }

  #turn(picture: Float32Array, mirrored: boolean, turns: Change['turns']): void {
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

  /** Beyond its line, each picture of a class goes on as one of the other class, which stays in the batch as it is. */
  #join(data: Float32Array, count: number, members: readonly Member[]): void {
    if (members.length < 2) return
    const size = this.#scratch.length
    if (this.#before.length < count * size) this.#before = new Float32Array(count * size)
    this.#before.set(data.subarray(0, count * size))
    const { channels } = this.#shape
    for (const [i, { change, pictures }] of members.entries()) {
      if (change.join === null) continue
      const { beyond, other } = change.join
      const next = 1 + Math.floor(other * (members.length - 1))
      const from = members[(i + next) % members.length].pictures
      for (const [k, picture] of pictures.entries()) {
        const source = from[k % from.length] * size
        for (let at = 0; at < beyond.length; at++)
          if (beyond[at])
            for (let c = 0; c < channels; c++)
              data[picture * size + at * channels + c] = this.#before[source + at * channels + c]
      }
    }
  }
}

/** Between which two points of a bend a pixel lies, and how near to the second. */
interface Along {
  readonly before: number
  readonly share: number
}

function along(pixel: number, length: number): Along {
  const at = length === 1 ? 0 : (pixel * (bendPoints - 1)) / (length - 1)
  const before = Math.min(bendPoints - 2, Math.floor(at))
  return { before, share: at - before }
}

/** @param axis 0 for x, 1 for y */
function bendAt(bend: Float64Array, row: Along, column: Along, axis: 0 | 1): number {
  const above = (row.before * bendPoints + column.before) * 2 + axis
  const below = above + bendPoints * 2
  const onAbove = (1 - column.share) * bend[above] + column.share * bend[above + 2]
  const onBelow = (1 - column.share) * bend[below] + column.share * bend[below + 2]
  return (1 - row.share) * onAbove + row.share * onBelow
}
