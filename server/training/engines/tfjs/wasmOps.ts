/**
 * The operations on TF.js's wasm backend, with the project's own kernels running in TF.js's memory. TF.js's backend lacks
 * the gradients of convolutions, and its transposed products are scalar loops; these are several times faster throughout.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type Kernels, compileKernels, instantiateKernels } from '../onnx/kernels.ts'
import { windowed } from '../../models/shapes.ts'
import { tiniest } from '../optimizerRule.ts'
import type { Tensor, Tf } from './tf.ts'
import { type OptimizerStep, type Tensors, TfOps, type Window, lastAxis } from './ops.ts'

/** Numbers that the convolution kernels take: a picture, a window, and where the window stands on it. */
type Geometry = readonly [
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

export class WasmOps extends TfOps {
  readonly #backend: BackendWasm
  readonly #module: WasmModule
  readonly #kernels: Kernels
  readonly #room: Room

  constructor(tf: Tf) {
    super(tf)
    this.#backend = wasmBackend(tf)
    this.#module = moduleOf(this.#backend)
    this.#kernels = instantiateKernels(compileKernels(false), this.#module.asm.memory)
    this.#room = new Room(this.#module)
  }

  override dense(x: Tensor, kernel: Tensor, bias: Tensor | null): Tensor {
    const [inputs, outputs] = kernel.shape
    const y = this.#make([x.size / inputs, outputs])
    this.#convolve(x, kernel, bias, y, row(x.size / inputs, inputs), outputs)
    return y
  }

  override denseInputGradient(dy: Tensor, kernel: Tensor): Tensor {
    const [inputs, outputs] = kernel.shape
    const dx = this.#make([dy.size / outputs, inputs])
    this.#convolveBackward(dy, kernel, dx, row(dy.size / outputs, inputs), outputs)
    return dx
  }

  override denseKernelGradient(x: Tensor, dy: Tensor): Tensor {
    const inputs = lastAxis(x)
    const outputs = lastAxis(dy)
    const gradient = this.#make([inputs, outputs])
    this.#filterGradient(x, dy, gradient, row(x.size / inputs, inputs), outputs)
    return gradient
  }

  override convolve(x: Tensor, filter: Tensor, bias: Tensor | null, window: Window): Tensor {
    const geometry = slide(x.shape, window)
    const filters = lastAxis(filter)
    const y = this.#make(outputShape(geometry, filters))
    this.#convolve(x, filter, bias, y, geometry, filters)
    return y
  }

  override convolveInputGradient(dy: Tensor, filter: Tensor, inputShape: number[], window: Window): Tensor {
    const dx = this.#make(inputShape)
    this.#convolveBackward(dy, filter, dx, slide(inputShape, window), lastAxis(filter))
    return dx
  }

  override convolveFilterGradient(x: Tensor, dy: Tensor, filterShape: number[], window: Window): Tensor {
    const gradient = this.#make(filterShape)
    this.#filterGradient(x, dy, gradient, slide(x.shape, window), lastAxis(dy))
    return gradient
  }

  override depthwise(x: Tensor, filter: Tensor, window: Window): Tensor {
    const geometry = slide(x.shape, window)
    const y = this.#make(outputShape(geometry, lastAxis(x)))
    this.#kernels.depthwise(this.#at(y), this.#at(x), this.#at(filter), ...geometry)
    return y
  }

  override depthwiseGradients(x: Tensor, dy: Tensor, filter: Tensor, window: Window): [Tensor, Tensor] {
    const dx = this.#make(x.shape)
    const dFilter = this.#make(filter.shape)
    const at = [dx, dFilter, dy, x, filter].map(tensor => this.#at(tensor)) as [number, number, number, number, number]
    this.#kernels.depthwiseBackward(...at, ...slide(x.shape, window))
    return [dx, dFilter]
  }

  override maxPool(x: Tensor, window: Window): Tensor {
    const geometry = slide(x.shape, window)
    const y = this.#make(outputShape(geometry, lastAxis(x)))
    this.#kernels.maxPool(this.#at(y), this.#room.take(y.size), this.#at(x), ...geometry)
    return y
  }

  override maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, window: Window): Tensor {
    // Where each maximum stood is found again: cheaper than remembering it for every layer.
    const geometry = slide(x.shape, window)
    const places = this.#room.take(y.size)
    const dx = this.#make(x.shape)
    this.#kernels.maxPool(this.#at(y), places, this.#at(x), ...geometry)
    this.#kernels.maxPoolBackward(this.#at(dx), places, this.#at(dy), ...geometry)
    return dx
  }

  override rectify(x: Tensor, slope: number, cap: number): Tensor {
    const y = this.#make(x.shape)
    this.#kernels.rectify(this.#at(y), this.#at(x), x.size, slope, cap)
    return y
  }

  override rectifyGradient(dy: Tensor, y: Tensor, slope: number, cap: number): Tensor {
    const dx = this.#make(dy.shape)
    this.#kernels.rectifyBackward(this.#at(dx), this.#at(dy), this.#at(y), dy.size, slope, cap)
    return dx
  }

  override columnSums(x: Tensor): Tensor {
    const sums = this.#make([lastAxis(x)])
    this.#kernels.columnSums(this.#at(sums), this.#at(x), x.size / sums.size, sums.size, false)
    return sums
  }

  override moments(x: Tensor): { readonly mean: Tensor; readonly variance: Tensor } {
    const channels = lastAxis(x)
    const rows = x.size / channels
    const sums = this.#room.take(channels * 8)
    this.#kernels.channelSums(sums, this.#at(x), rows, channels)
    const mean = this.#fromDoubles(sums, channels, 1 / rows)
    this.#kernels.channelSquares(sums, this.#at(x), this.#at(mean), rows, channels)
    return { mean, variance: this.#fromDoubles(sums, channels, 1 / rows) }
  }

  override scaleShift(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
    const y = this.#make(x.shape)
    const channels = lastAxis(x)
    const [to, from, s, t] = [y, x, scale, shift].map(tensor => this.#at(tensor)) as [number, number, number, number]
    this.#kernels.scaleShift(to, from, s, t, x.size / channels, channels, 1, Infinity)
    return y
  }

  override normSums(dy: Tensor, x: Tensor, mean: Tensor): { readonly sums: Tensor; readonly dots: Tensor } {
    const channels = mean.size
    const sums = this.#room.take(channels * 16)
    const dots = sums + channels * 8
    this.#kernels.normSums(sums, dots, this.#at(dy), this.#at(x), this.#at(mean), x.size / channels, channels)
    return { sums: this.#fromDoubles(sums, channels, 1), dots: this.#fromDoubles(dots, channels, 1) }
  }

  override normGradient(dy: Tensor, x: Tensor, mean: Tensor, a: Tensor, b: Tensor, k: Tensor): Tensor {
    const dx = this.#make(x.shape)
    const channels = mean.size
    const at = (tensor: Tensor): number => this.#at(tensor)
    const rows = x.size / channels
    this.#kernels.normBackward(at(dx), at(dy), at(x), at(mean), at(a), at(b), at(k), rows, channels)
    return dx
  }

  override sumOfSquares(x: Tensor): number {
    return this.#kernels.gatherGradient(this.#at(x), x.size, 1, 0)
  }

  /** In place: no kernel of TF.js that keeps a copy of its weights is in use. */
  override update(name: string, gradient: Tensor, tensors: Tensors, { rule, clip, keep }: OptimizerStep): void {
    const slots = rule.kind === 'adam' ? ['', '/m', '/v'] : ['', '/velocity']
    const addresses = slots.map(slot => this.#at(tensors.get(`${name}${slot}`)))
    this.#inFours([this.#at(gradient), ...addresses], gradient.size, ([g, w, first, second], count) => {
      if (rule.kind === 'sgd') {
        this.#kernels.momentum(w, g, first, count, 1, 0, clip, keep, rule.momentum, rule.rate, tiniest)
        return
      }
      const { beta1, beta2, epsilon, size, root } = rule
      const [rest1, rest2] = [1 - beta1, 1 - beta2]
      const rates = [clip, keep, beta1, beta2, rest1, rest2, epsilon, size, root, tiniest] as const
      this.#kernels.adam(w, g, first, second, count, 1, 0, ...rates)
    })
  }

  /** For kernels that work on multiples of four: the last few numbers of each tensor go through a padded copy. */
  #inFours(
    addresses: readonly number[],
    count: number,
    run: (addresses: readonly number[], count: number) => void,
  ): void {
    const rest = count % 4
    const whole = count - rest
    if (whole > 0) run(addresses, whole)
    if (rest === 0) return
    const room = this.#room.take(addresses.length * 16)
    const ends = addresses.map(address => address + whole * 4)
    const copies = addresses.map((_, i) => room + i * 16)
    this.#kernels.zero(room, addresses.length * 4)
    copies.forEach((copy, i) => this.#kernels.copy(copy, ends[i], rest))
    run(copies, 4)
    ends.forEach((end, i) => this.#kernels.copy(end, copies[i], rest))
  }

  #convolve(x: Tensor, filter: Tensor, bias: Tensor | null, y: Tensor, geometry: Geometry, filters: number): void {
    const { packed, table, zeros, trash } = this.#products(geometry, filters)
    const [, , , channels, size] = geometry
    this.#kernels.pack(packed, this.#at(filter), bias ? this.#at(bias) : 0, size * size, channels, filters, false)
    this.#kernels.convolve(this.#at(y), this.#at(x), packed, filters, table, zeros, trash, ...geometry)
  }

  #convolveBackward(dy: Tensor, filter: Tensor, dx: Tensor, geometry: Geometry, filters: number): void {
    const { packed, table, zeros, trash } = this.#products(geometry, filters)
    const [, , , channels, size] = geometry
    this.#kernels.pack(packed, this.#at(filter), 0, size * size, channels, filters, true)
    this.#kernels.convolveBackward(this.#at(dx), this.#at(dy), packed, filters, table, zeros, trash, ...geometry)
  }

  #filterGradient(x: Tensor, dy: Tensor, gradient: Tensor, geometry: Geometry, filters: number): void {
    const { table, zeros } = this.#products(geometry, filters)
    this.#kernels.filterGradient(this.#at(gradient), this.#at(x), this.#at(dy), filters, table, zeros, ...geometry)
  }

  /** Room for what the products need beside their operands: see kernels/convolution.ts. */
  #products(
    [, , , channels, size]: Geometry,
    filters: number,
  ): { readonly packed: number; readonly table: number; readonly zeros: number; readonly trash: number } {
    const width = Math.ceil(Math.max(channels, filters) / 8) * 8
    const table = this.#kernels.tableBytes(size)
    const zeros = this.#room.take(table + width * 8 + 4 * width * (size * size * width + 1))
    const trash = zeros + width * 4
    this.#kernels.zero(zeros, width)
    return { zeros, trash, table: trash + width * 4, packed: trash + width * 4 + table }
  }

  /** A new tensor with anything in it. */
  #make(shape: readonly number[]): Tensor {
    return this.tf.engine().makeTensorFromTensorInfo(this.#backend.makeOutput([...shape], 'float32'))
  }

  #fromDoubles(address: number, count: number, factor: number): Tensor {
    const doubles = new Float64Array(this.#module.HEAPU8.buffer, address, count)
    return this.tf.tensor1d(Float32Array.from(doubles, value => value * factor))
  }

  #at(tensor: Tensor): number {
    return this.#backend.getMemoryOffset(tensor.dataId)
  }
}

/** Memory beside the tensors that one kernel call uses and the next may overwrite. Grows to the largest call. */
class Room {
  readonly #module: WasmModule
  #address = 0
  #bytes = 0

  constructor(module: WasmModule) {
    this.#module = module
  }

  take(bytes: number): number {
    if (bytes > this.#bytes) {
      if (this.#address !== 0) this.#module._free(this.#address)
      this.#address = this.#module._malloc(bytes) >>> 0
      if (this.#address === 0) throw new RangeError('The memory of TF.js’s wasm backend is full.')
      this.#bytes = bytes
    }
    return this.#address
  }
}

/** A dense layer is a convolution of pictures of one pixel. */
function row(images: number, channels: number): Geometry {
  return [images, 1, 1, channels, 1, 1, 0, 0, 1, 1]
}

function slide(shape: readonly number[], { size, stride, padding }: Window): Geometry {
  const [images, height, width, channels] = shape
  const rows = windowed(height, size, stride, padding)
  const columns = windowed(width, size, stride, padding)
  return [images, height, width, channels, size, stride, rows.before, columns.before, rows.output, columns.output]
}

function outputShape(geometry: Geometry, channels: number): number[] {
  return [geometry[0], geometry[8], geometry[9], channels]
}

/** What we use of the module that Emscripten made; TF.js's types leave it out. */
interface WasmModule {
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(address: number): void
  /** What the WebAssembly instance exports. */
  readonly asm: { readonly memory: WebAssembly.Memory }
}

function wasmBackend(tf: Tf): BackendWasm {
  const backend: unknown = tf.backend()
  if (typeof backend === 'object' && backend !== null && 'wasm' in backend && 'getMemoryOffset' in backend) {
    return backend as BackendWasm
  }
  throw new Error('TF.js’s backend in use is not wasm.')
}

function moduleOf(backend: BackendWasm): WasmModule {
  const module = backend.wasm as unknown as Partial<WasmModule>
  if (module.asm?.memory instanceof WebAssembly.Memory && module._malloc && module._free) return module as WasmModule
  throw new Error('TF.js’s wasm backend does not show its memory.')
}
