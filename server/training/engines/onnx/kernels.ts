/** The WebAssembly kernels (kernels/), loaded over a memory. Arguments are documented there. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Geometry } from './geometry.ts'

type Windowed = readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
  size: number,
  stride: number,
  top: number,
  left: number,
  outHeight: number,
  outWidth: number,
]

/** The inputs of tiles; rows and columns count tiles. */
type Tiled = readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  rows: number,
  columns: number,
]

/** The outputs of tiles. */
type Cut = readonly [images: number, height: number, width: number, filters: number, rows: number, columns: number]

export interface Kernels {
  zero(to: number, count: number): void
  copy(to: number, from: number, count: number): void
  add(to: number, from: number, count: number): void
  sum(to: number, a: number, b: number, count: number, slope: number, cap: number): void
  columnSums(to: number, from: number, rows: number, columns: number, accumulate: boolean): void
  rectify(y: number, x: number, count: number, slope: number, cap: number): void
  rectifyBackward(dx: number, dy: number, y: number, count: number, slope: number, cap: number): void
  addBias(y: number, bias: number, rows: number, columns: number): void
  addBiasRectify(y: number, bias: number, rows: number, columns: number, slope: number, cap: number): void
  transpose(to: number, toStride: number, from: number, fromStride: number, rows: number, columns: number): void
  toColumns(columns: number, x: number, ...window: Windowed): void
  toChannelRows(rows: number, planes: number, x: number, ...window: Windowed): void
  turnFilters(to: number, from: number, kernel: number, channels: number, filters: number): void
  toTiles(v: number, x: number, zeros: number, ...tiled: Tiled): void
  fromTiles(dx: number, dv: number, ...tiled: Tiled): void
  fromProducts(y: number, m: number, ...cut: Cut): void
  toProducts(dm: number, dy: number, ...cut: Cut): void
  transformFilters(u: number, g: number, count: number): void
  filterGradientOf(dg: number, du: number, count: number): void
  fromColumns(x: number, columns: number, ...window: Windowed): void
  depthwise(y: number, x: number, weight: number, ...window: Windowed): void
  depthwiseBackward(dx: number, dWeight: number, dy: number, x: number, weight: number, ...window: Windowed): void
  maxPool(y: number, places: number, x: number, ...window: Windowed): void
  maxPoolBackward(dx: number, places: number, dy: number, ...window: Windowed): void
  averagePool(y: number, x: number, ...window: Windowed): void
  averagePoolBackward(dx: number, dy: number, ...window: Windowed): void
  globalAverage(y: number, x: number, images: number, pixels: number, channels: number): void
  globalAverageBackward(dx: number, dy: number, images: number, pixels: number, channels: number): void
  channelSums(sums: number, x: number, rows: number, channels: number): void
  channelSquares(squares: number, x: number, mean: number, rows: number, channels: number): void
  scaleShift(
    y: number,
    x: number,
    scale: number,
    shift: number,
    rows: number,
    channels: number,
    slope: number,
    cap: number,
  ): void
  normSums(sums: number, dots: number, dy: number, x: number, mean: number, rows: number, channels: number): void
  normBackward(
    dx: number,
    dy: number,
    x: number,
    mean: number,
    a: number,
    b: number,
    k: number,
    rows: number,
    channels: number,
  ): void
  normalizeRows(y: number, norms: number, x: number, rows: number, columns: number, tiniest: number): void
  normalizeRowsBackward(
    dx: number,
    dy: number,
    y: number,
    norms: number,
    rows: number,
    columns: number,
    tiniest: number,
  ): void
  dropout(y: number, x: number, count: number, key: number, first: number, threshold: number, kept: number): void
  pack(
    to: number,
    weights: number,
    bias: number,
    taps: number,
    inputs: number,
    outputs: number,
    transposed: boolean,
  ): void
  tableBytes(size: number): number
  convolve(
    y: number,
    x: number,
    packed: number,
    filters: number,
    table: number,
    zeros: number,
    trash: number,
    ...window: Windowed
  ): void
  convolveBackward(
    dx: number,
    dy: number,
    packed: number,
    filters: number,
    table: number,
    zeros: number,
    trash: number,
    ...window: Windowed
  ): void
  filterGradient(
    dw: number,
    x: number,
    dy: number,
    filters: number,
    table: number,
    zeros: number,
    ...window: Windowed
  ): void
  squaredDistances(squared: number, x: number, rows: number, size: number, from: number, to: number): void
  gatherGradient(gradient: number, count: number, parts: number, stride: number): number
  adam(
    weight: number,
    gradient: number,
    m: number,
    v: number,
    count: number,
    parts: number,
    stride: number,
    clip: number,
    keep: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
    size: number,
    root: number,
    tiniest: number,
  ): number
  momentum(
    weight: number,
    gradient: number,
    velocity: number,
    count: number,
    parts: number,
    stride: number,
    clip: number,
    keep: number,
    factor: number,
    rate: number,
    tiniest: number,
  ): number
}

/** A window's numbers as the kernels take them. */
export function windowOf(geometry: Geometry, images: number): Windowed {
  const { height, width, channels, size, stride, top, left, outHeight, outWidth } = geometry
  return [images, height, width, channels, size, stride, top, left, outHeight, outWidth]
}

const compiled = new Map<boolean, WebAssembly.Module>()

/** Compiled once, then handed to every thread and every engine. */
export function compileKernels(shared: boolean): WebAssembly.Module {
  const known = compiled.get(shared)
  if (known !== undefined) return known
  const made = new WebAssembly.Module(readKernels(shared))
  compiled.set(shared, made)
  return made
}

function readKernels(shared: boolean): Buffer<ArrayBuffer> {
  const name = shared ? 'kernels-shared.wasm' : 'kernels.wasm'
  // Beside this file in the sources, in wasm/ beside a bundle.
  const places = [`./${name}`, `./wasm/${name}`].map(place => fileURLToPath(new URL(place, import.meta.url)))
  const found = places.find(place => existsSync(place))
  if (found === undefined) throw new Error(`${name} is missing: it should be at ${places.join(' or ')}.`)
  return readFileSync(found)
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels
}
