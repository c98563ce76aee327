/** What a convolution asks of its products, by whichever way they are made. */

export interface Filters {
  readonly name: string
  readonly filters: number
}

/** The products of a convolution over a block of pictures. Addresses are those of the block. */
export interface ConvolutionProducts {
  /** Pictures in a block. */
  readonly block: number
  /** To be called once before the blocks of a pass: the weights have changed. */
  start(): void
  forward(y: number, x: number, images: number): void
  /** @param accumulate add to the gradient instead of setting it */
  toWeight(x: number, dy: number, images: number, accumulate: boolean): void
  /** The gradient of the input of the same block, behind `toWeight`. */
  toInput(dx: number, dy: number, images: number): void
  /** To be called once behind the blocks of a way back. */
  finish(): void
}
