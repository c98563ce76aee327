/** Kept pictures as image sources: each is painted once. */
import type { PicturesDetail } from '../../protocol/details.ts'
import { bytesOf } from '../data/base64.ts'

export class Album {
  readonly #detail: PicturesDetail
  readonly #pixels: Uint8Array
  readonly #position: ReadonlyMap<number, number>
  readonly #sources = new Map<number, string>()

  constructor(detail: PicturesDetail) {
    this.#detail = detail
    this.#pixels = bytesOf(detail.pixels)
    this.#position = new Map(detail.indices.map((index, position) => [index, position]))
  }

  get count(): number {
    return this.#detail.indices.length
  }

  /** Class of each picture, in the order kept. */
  get classes(): readonly number[] {
    return this.#detail.classes
  }

  /** Where a picture of the dataset is in here. */
  positionOf(index: number): number | undefined {
    return this.#position.get(index)
  }

  nameAt(position: number): string {
    return this.#detail.names[position]
  }

  classNameAt(position: number): string {
    return this.#detail.classNames[this.#detail.classes[position]]
  }

  /** `data:` address of the picture. */
  sourceAt(position: number): string {
    const known = this.#sources.get(position)
    if (known !== undefined) return known
    const canvas = document.createElement('canvas')
    this.paint(canvas, position)
    const source = canvas.toDataURL()
    this.#sources.set(position, source)
    return source
  }

  /** Draws the picture in its own size; the canvas takes that size. */
  paint(canvas: HTMLCanvasElement, position: number): void {
    const { height, width, channels } = this.#detail
    canvas.width = width
    canvas.height = height
    const image = new ImageData(
      rgba(this.#pixels, position * height * width * channels, height * width, channels),
      width,
    )
    canvas.getContext('2d')?.putImageData(image, 0, 0)
  }
}

/** One or three bytes a pixel as four. */
export function rgba(pixels: Uint8Array, from: number, count: number, channels: 1 | 3): Uint8ClampedArray<ArrayBuffer> {
  const into = new Uint8ClampedArray(count * 4)
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) into[i * 4 + c] = pixels[from + i * channels + (channels === 3 ? c : 0)]
    into[i * 4 + 3] = 255
  }
  return into
}
