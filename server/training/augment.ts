import type { AugmentSpec } from '../../protocol/runSpec.ts'
import { Random } from '../core/random.ts'
import type { Shape } from './models/network.ts'
import { NewClasses } from './newClasses.ts'
import { sample } from './sampling.ts'

/** Share of the picture that an erased rectangle covers, and how long it may be (Zhong et al., AAAI 2020, §3, narrowed). */
const erasedArea = { least: 0.02, most: 0.25 }
const erasedAspect = 3

const red = 0.299
const green = 0.587
const blue = 0.114

/**
 * Random changes to training pictures, in place: what a whole class shares, then for each picture one affine map (flip, zoom, rotation, shift) read with bilinear
 * interpolation, then brightness and contrast, grey, and an erased rectangle. What comes in from outside the picture
 * repeats its edge.
 *
 * What happens to a batch depends on the seed and the number of the step alone, so that a run that was resumed sees the
 * pictures that it would have seen. Vectors (height 1) have no geometry or colour and stay as they are.
 */
export class Augmenter {
  readonly #spec: AugmentSpec
  readonly #shape: Shape
  readonly #random: Random
  readonly #scratch: Float32Array
  readonly #newClasses: NewClasses
  /** Whether `apply` changes anything at all. */
  readonly active: boolean

  constructor(spec: AugmentSpec, shape: Shape, seed: number) {
    this.#spec = spec
    this.#shape = shape
    this.#random = Random.fromSeed(seed).fork('augment')
    this.#scratch = new Float32Array(shape.height * shape.width * shape.channels)
    this.#newClasses = new NewClasses(spec, shape)
    const { flip, shift, rotate, zoom, color, grayscale, erase } = spec
    const greyable = grayscale > 0 && shape.channels === 3
    this.active =
      shape.height > 1 &&
      (flip || greyable || this.#newClasses.active || Math.max(shift, rotate, zoom, color, erase) > 0)
  }

  /**
   * @param data pictures as floats 0 to 1, [count, height, width, channels]
   * @param labels class of each picture
   * @param step number of the batch since the run began: the same step gives the same changes
   * @throws RangeError when `data` is shorter than `count` pictures
   */
  apply(data: Float32Array, count: number, labels: Int32Array, step: number): void {
    const size = this.#scratch.length
    if (data.length < count * size)
      throw new RangeError(`${count} pictures are ${count * size} floats, got ${data.length}`)
    if (!this.active) return
    const random = this.#random.fork(String(step))
    this.#newClasses.apply(data, count, labels, random)
    for (let i = 0; i < count; i++) {
      const picture = data.subarray(i * size, (i + 1) * size)
      this.#move(picture, random)
      this.#recolor(picture, random)
      this.#erase(picture, random)
    }
  }

  /** Every random number is drawn whether or not it is used: settings do not change one another's numbers. */
  #move(picture: Float32Array, random: Random): void {
    const { flip, shift, rotate, zoom } = this.#spec
    const mirrored = random.uniform() < 0.5 && flip
    const dx = (2 * random.uniform() - 1) * shift
    const dy = (2 * random.uniform() - 1) * shift
    const angle = ((2 * random.uniform() - 1) * rotate * Math.PI) / 180
    const scale = (1 + zoom) ** (2 * random.uniform() - 1)
    if (rotate === 0 && zoom === 0) {
      // Whole pixels: nothing is blurred, and it is five times faster.
      const right = Math.round(dx)
      const down = Math.round(dy)
      if (mirrored || right !== 0 || down !== 0) this.#copyShifted(picture, mirrored, right, down)
    } else this.#resample(picture, mirrored, dx, dy, angle, scale)
  }

  #copyShifted(picture: Float32Array, mirrored: boolean, right: number, down: number): void {
    const { height, width, channels } = this.#shape
    const from = this.#scratch
    from.set(picture)
    let to = 0
    for (let y = 0; y < height; y++) {
      const row = Math.min(height - 1, Math.max(0, y - down)) * width
      for (let x = 0; x < width; x++) {
        const inside = Math.min(width - 1, Math.max(0, x - right))
        let source = (row + (mirrored ? width - 1 - inside : inside)) * channels
        for (let c = 0; c < channels; c++) picture[to++] = from[source++]
      }
    }
  }

  #resample(picture: Float32Array, mirrored: boolean, dx: number, dy: number, angle: number, scale: number): void {
    const { height, width, channels } = this.#shape
    const from = this.#scratch
    from.set(picture)
    // From an output pixel back to where it comes from, about the middle of the picture.
    const sine = Math.sin(angle) / scale
    const cosine = Math.cos(angle) / scale
    const middleX = (width - 1) / 2
    const middleY = (height - 1) / 2
    const sign = mirrored ? -1 : 1
    let to = 0
    for (let y = 0; y < height; y++) {
      const v = y - middleY - dy
      for (let x = 0; x < width; x++, to += channels) {
        const u = x - middleX - dx
        const sourceX = sign * (cosine * u + sine * v) + middleX
        sample(from, this.#shape, sourceX, cosine * v - sine * u + middleY, picture, to)
      }
    }
  }

  #recolor(picture: Float32Array, random: Random): void {
    const { color, grayscale } = this.#spec
    const contrast = 1 + (2 * random.uniform() - 1) * color
    const brightness = (2 * random.uniform() - 1) * color
    const grey = random.uniform() < grayscale && this.#shape.channels === 3
    if (grey)
      for (let i = 0; i < picture.length; i += 3)
        picture[i] = picture[i + 1] = picture[i + 2] = red * picture[i] + green * picture[i + 1] + blue * picture[i + 2]
    if (color === 0) return
    let sum = 0
    for (let i = 0; i < picture.length; i++) sum += picture[i]
    const offset = (sum / picture.length) * (1 - contrast) + brightness
    for (let i = 0; i < picture.length; i++) {
      const value = picture[i] * contrast + offset
      picture[i] = value < 0 ? 0 : value > 1 ? 1 : value
    }
  }

  /** Fills a rectangle with the mean colour of the picture. */
  #erase(picture: Float32Array, random: Random): void {
    const { height, width, channels } = this.#shape
    const chosen = random.uniform() < this.#spec.erase
    const area = height * width * (erasedArea.least + random.uniform() * (erasedArea.most - erasedArea.least))
    const aspect = erasedAspect ** (2 * random.uniform() - 1)
    const rows = Math.min(height, Math.max(1, Math.round(Math.sqrt(area * aspect))))
    const columns = Math.min(width, Math.max(1, Math.round(Math.sqrt(area / aspect))))
    const top = Math.floor(random.uniform() * (height - rows + 1))
    const left = Math.floor(random.uniform() * (width - columns + 1))
    if (!chosen) return
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let i = c; i < picture.length; i += channels) sum += picture[i]
      const mean = sum / (height * width)
      for (let y = top; y < top + rows; y++)
        for (let x = left; x < left + columns; x++) picture[(y * width + x) * channels + c] = mean
    }
  }
}
