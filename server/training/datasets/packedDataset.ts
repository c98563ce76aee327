import type { Shape } from '../models/network.ts'
import type { Dataset } from './dataset.ts'
import { PixelReader, type PixelSource } from './pixels.ts'

/** Everything about a dataset but the pictures themselves. */
export interface DatasetIndex {
  readonly name: string
  readonly fingerprint: string
  readonly shape: Shape
  readonly classNames: readonly string[]
  readonly labels: Int32Array
  readonly classGroups: Int32Array | null
  readonly given: Uint8Array | null
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  readonly describe: (index: number) => string
}

/**
 * A dataset whose pictures lie one after the other in memory or in a file, all of one size. Every reader ends in one:
 * batches are gathered, never decoded, and other threads can read the same pictures from `pixels`.
 */
export class PackedDataset implements Dataset {
  readonly name: string
  readonly fingerprint: string
  readonly shape: Shape
  readonly classNames: readonly string[]
  readonly labels: Int32Array
  readonly classGroups: Int32Array | null
  readonly given: Uint8Array | null
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** Where the pictures are: can be sent to another thread as it is. */
  readonly pixels: PixelSource
  readonly #describe: (index: number) => string
  readonly #reader: PixelReader

  constructor(index: DatasetIndex, pixels: PixelSource) {
    this.name = index.name
    this.fingerprint = index.fingerprint
    this.shape = index.shape
    this.classNames = index.classNames
    this.labels = index.labels
    this.classGroups = index.classGroups
    this.given = index.given
    this.skipped = index.skipped
    this.pixels = pixels
    this.#describe = index.describe
    this.#reader = new PixelReader(pixels, index.labels.length, index.shape)
  }

  read(indices: Int32Array, into: Float32Array): Promise<void> {
    return this.#reader.read(indices, into)
  }

  /** Pictures as they are stored: for comparing them. @throws RangeError when an index is out of range */
  readStored(indices: Int32Array): Promise<readonly Uint8Array[]> {
    return this.#reader.readStored(indices)
  }

  describe(index: number): string {
    if (!(index >= 0 && index < this.labels.length))
      throw new RangeError(`Picture ${index} of ${this.labels.length} does not exist`)
    return this.#describe(index)
  }

  close(): void {
    this.#reader.close()
  }
}
