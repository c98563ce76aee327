/**
 * One layer as one thread runs it, on its own part of the batch: forward, and backward to the gradients of its weights
 * (into the thread's own block of gradients) and of its input. Operations are built once, with every address known.
 */
import type { Kernels } from '../kernels.ts'
import type { Products } from '../products.ts'
import type { Arena, Scratch } from '../memory.ts'
import type { Team } from '../team.ts'

/** Activations of a thread's part of the batch, one picture after the other. */
export interface Value {
  readonly address: number
  /** Floats per picture. */
  readonly size: number
}

export interface Pass {
  /** Pictures of this thread; may be 0. */
  readonly images: number
  /** Position of its first picture in the batch, and pictures in the whole batch. */
  readonly first: number
  readonly batch: number
  readonly training: boolean
  /** Optimizer steps taken before this one. */
  readonly step: number
}

export interface Operation {
  readonly output: Value
  /** The gradient of the output becomes that of the input in place. */
  readonly inPlace: boolean
  forward(pass: Pass): void
  /**
   * @param dy address of the gradient of the output; may be overwritten
   * @param dx where the gradient of the input goes; 0 when nobody needs it
   */
  backward(pass: Pass, dy: number, dx: number): void
  /** What a thread can do for all while the first one mines triplets, from what came out of the way forward. */
  prepare?(pass: Pass): void
  /** What has to wait until every thread is through with its way back: gradients over the whole batch. */
  finish?(pass: Pass): void
}

/** What operations are built from. */
export interface Workbench {
  readonly kernels: Kernels
  readonly products: Products
  readonly memory: WebAssembly.Memory
  readonly team: Team
  /** This thread's own addresses. */
  readonly arena: Arena
  /** Columns of a convolution. */
  readonly columns: Scratch
  /** The pictures of a block, a plane for each channel. */
  readonly planes: Scratch
  /** What comes out of a convolution and goes into its pool. */
  readonly beforePool: Scratch
  /** A weight gradient that is to be added to another. */
  readonly partial: Scratch
  /** Most pictures that this thread may get. */
  readonly images: number
  readonly seed: number
  /** Addresses by name, as in models/weights.ts. */
  weight(name: string): number
  gradient(name: string): number
  /** Where another thread has what this one has at an address of its arena. */
  neighbour(address: number, rank: number): number
  /**
   * Divides the rows of a weight among the threads: each computes the gradient of its own over the whole batch, in the first
   * thread's block of gradients.
   */
  divide(name: string, rowFloats: number): Division
  running(name: string): number
  /** Doubles that every thread can read: four per channel of a batch norm, a block a thread. */
  statistics(name: string, rank: number): number
}

/** Rows of a weight, divided among the threads. */
export interface Division {
  /** Address of this thread's part of the gradient. */
  readonly gradient: number
  of(rank: number): { readonly first: number; readonly rows: number }
}

/** min(cap, x > 0 ? x : slope · x) */
export interface Rectifier {
  readonly slope: number
  readonly cap: number
}

/** No rectifier. */
export const identity: Rectifier = { slope: 1, cap: Infinity }

/** A new buffer for a thread's activations. */
export function allocate(bench: Workbench, size: number): Value {
  return { address: bench.arena.floats(bench.images * size), size }
}
