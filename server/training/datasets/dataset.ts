/** Labelled pictures of one size. Every source (embedded, folder, IDX, CSV, …) is opened into this. */
import type { Shape } from '../models/network.ts'

export interface Dataset {
  /** `emoji`, or the path as given: for people. */
  readonly name: string
  /** SHA-256 over pictures and labels, hexadecimal: two runs with the same fingerprint saw the same data. */
  readonly fingerprint: string
  readonly shape: Shape
  readonly classNames: readonly string[]
  /** Class of each picture, an index into `classNames`. Its length is the number of pictures. */
  readonly labels: Int32Array
  /**
   * Classes that must stay on the same side of a class split (near-duplicates, gender variants), as a group number per
   * class; `null` when every class is on its own.
   */
  readonly classGroups: Int32Array | null
  /** The dataset's own split per picture (0 train, 1 test), `null` when it has none. */
  readonly given: Uint8Array | null
  /** Pictures left out while opening (unreadable, no label), with the reason; never silently dropped. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /**
   * Writes pictures as floats 0 to 1, NHWC, one after the other from `into[0]`.
   * @throws RangeError when an index is out of range or `into` is too short
   */
  read(indices: Int32Array, into: Float32Array): Promise<void>
  /** What a person would call this picture: a file path, or `umbrella (noto)`. */
  describe(index: number): string
  close(): void
}

/** Picture indices on each side. With class splits no class is on both. */
export interface Split {
  readonly train: Int32Array
  readonly test: Int32Array
}
