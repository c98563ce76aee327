/** What lies outside the text of an experiment file and yet decides whether it is right. */
import type { KnownFacts } from '../catalog/datasets.ts'
import type { DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'

export type DatasetState =
  | ({ readonly kind: 'known' } & KnownFacts)
  /** It is there; what it holds takes too long to find out without opening it. */
  | { readonly kind: 'present' }
  /** A path leads nowhere. `near` is a similar path that exists. */
  | { readonly kind: 'missing'; readonly path: string; readonly near: string | null }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }

export interface PictureShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** What a network is for pictures of one size. */
export type NetworkState =
  | { readonly kind: 'network'; readonly parameters: number }
  /** It cannot work; why, in words. */
  | { readonly kind: 'impossible'; readonly why: string }

export interface ExperimentContext {
  /** Absolute path of the folder that holds the experiment file: relative paths start here. */
  readonly folder: string
  /** Only to be extended by others: it need not be complete. */
  readonly partial?: boolean
  /** What is known of a dataset; `undefined`: nothing yet, so nothing is said about it. */
  readonly dataset?: (dataset: DatasetSpec) => DatasetState | undefined
  readonly network?: (spec: RunSpec, picture: PictureShape) => NetworkState
  /** Ids of the engines that exist; left out, any id is taken. */
  readonly engines?: readonly string[]
}
