/**
 * The oracle of every engine: a network's forward pass in plain loops and double precision, written from the definitions
 * in network.ts and sharing no code with any engine. Gradients come from it by central differences.
 */
import { dropoutMask } from '../../../server/training/models/counterRandom.ts'
import type { Layer, Network, Padding } from '../../../server/training/models/network.ts'

export type Weights = ReadonlyMap<string, Float64Array>

/** n activations [height, width, channels]; flat ones are 1 × 1. */
interface Maps {
  readonly n: number
  readonly h: number
  readonly w: number
  readonly c: number
  readonly data: Float64Array
}

export interface ReferenceOptions {
  readonly training: boolean
  readonly seed: number
  readonly step: number
  /** Filled with the batch statistics (mean, unbiased variance) of every batch norm, when given. */
  readonly statistics?: Map<string, Float64Array>
}

function maps(n: number, h: number, w: number, c: number): Maps {
  return { n, h, w, c, data: new Float64Array(n * h * w * c) }
}

function at(m: Maps, n: number, y: number, x: number, c: number): number {
  return ((n * m.h + y) * m.w + x) * m.c + c
}

/** Embeddings [n, d] of pictures [n, height, width, channels]. */
export function referenceForward(
  network: Network,
  weights: Weights,
  pictures: ArrayLike<number>,
  n: number,
  options: ReferenceOptions,
): Float64Array {
  const { height: h, width: w, channels: c } = network.input
  let x: Maps = { n, h, w, c, data: Float64Array.from({ length: n * h * w * c }, (_, i) => pictures[i]) }
  const saved = new Map<string, Maps>()
  network.layers.forEach((layer, index) => {
    x = forward(layer, index, x, weights, saved, options)
  })
  return x.data
}

function weightOf(weights: Weights, name: string): Float64Array {
  const weight = weights.get(name)
  if (!weight) throw new Error(`no weight ${name}`)
  return weight
}

function forward(
  layer: Layer,
  index: number,
  x: Maps,
  weights: Weights,
  saved: Map<string, Maps>,
  options: ReferenceOptions,
): Maps {
  const map = (f: (value: number, i: number) => number): Maps => ({ ...x, data: x.data.map(f) })
  const kernelOf = (name: string): Float64Array => weightOf(weights, `${name}/kernel`)
  const biasOf = (name: string): Float64Array => weightOf(weights, `${name}/bias`)
  switch (layer.type) {
    case 'dense': {
      const kernel = kernelOf(layer.name)
      const y = maps(x.n, 1, 1, layer.units)
      const size = x.h * x.w * x.c
      for (let i = 0; i < x.n; i++)
        for (let o = 0; o < layer.units; o++) {
          let sum = layer.bias ? biasOf(layer.name)[o] : 0
          for (let k = 0; k < size; k++) sum += x.data[i * size + k] * kernel[k * layer.units + o]
          y.data[i * layer.units + o] = sum
        }
      return y
    }
    case 'conv':
      return convolve(x, kernelOf(layer.name), layer.bias ? biasOf(layer.name) : null, layer.filters, layer)
    case 'depthwise':
      return depthwise(x, kernelOf(layer.name), layer.bias ? biasOf(layer.name) : null, layer)
    case 'max-pool':
      return pool(x, { ...layer, kernelSize: layer.size }, 'max')
    case 'average-pool':
      return pool(x, { ...layer, kernelSize: layer.size }, 'average')
    case 'batch-norm': {
      const rows = x.data.length / x.c
      const mean = Float64Array.from(weightOf(weights, `${layer.name}/movingMean`))
      const variance = Float64Array.from(weightOf(weights, `${layer.name}/movingVariance`))
      if (options.training) {
        mean.fill(0)
        variance.fill(0)
        x.data.forEach((value, i) => (mean[i % x.c] += value / rows))
        x.data.forEach((value, i) => (variance[i % x.c] += (value - mean[i % x.c]) ** 2 / rows))
        options.statistics?.set(`${layer.name}/movingMean`, Float64Array.from(mean))
        options.statistics?.set(
          `${layer.name}/movingVariance`,
          variance.map(value => (value * rows) / Math.max(1, rows - 1)),
        )
      }
      const gamma = weightOf(weights, `${layer.name}/gamma`)
      const beta = weightOf(weights, `${layer.name}/beta`)
      return map((value, i) => {
        const c = i % x.c
        return (gamma[c] * (value - mean[c])) / Math.sqrt(variance[c] + layer.epsilon) + beta[c]
      })
    }
    case 'relu':
      return map(value => Math.max(0, value))
    case 'leaky-relu':
      return map(value => (value > 0 ? value : value * layer.slope))
    case 'relu6':
      return map(value => Math.min(6, Math.max(0, value)))
    case 'global-average-pool': {
      const y = maps(x.n, 1, 1, x.c)
      for (let i = 0; i < x.data.length; i++) {
        const picture = Math.floor(i / (x.h * x.w * x.c))
        y.data[picture * x.c + (i % x.c)] += x.data[i] / (x.h * x.w)
      }
      return y
    }
    case 'flatten':
      return { n: x.n, h: 1, w: 1, c: x.h * x.w * x.c, data: x.data }
    case 'dropout': {
      if (!options.training) return x
      const mask = new Float32Array(x.data.length)
      dropoutMask(mask, options.seed, index, options.step, layer.rate)
      return map((value, i) => value * mask[i])
    }
    case 'save':
      saved.set(layer.as, x)
      return x
    case 'add': {
      const from = saved.get(layer.from) ?? x
      const other = layer.project
        ? convolve(from, kernelOf(layer.project.name), null, layer.project.filters, {
            kernelSize: 1,
            stride: layer.project.stride,
            padding: 'same',
          })
        : from
      return map((value, i) => value + other.data[i])
    }
    case 'l2-normalize':
      return map((value, i) => {
        const row = x.data.subarray(i - (i % x.c), i - (i % x.c) + x.c)
        return (
          value /
          Math.sqrt(
            Math.max(
              1e-12,
              row.reduce((sum, v) => sum + v * v, 0),
            ),
          )
        )
      })
  }
}

interface Side {
  readonly output: number
  readonly before: number
}

function side(input: number, size: number, stride: number, padding: Padding): Side {
  if (padding === 'valid') return { output: Math.floor((input - size) / stride) + 1, before: 0 }
  const output = Math.ceil(input / stride)
  return { output, before: Math.floor(Math.max(0, (output - 1) * stride + size - input) / 2) }
}

interface Window {
  readonly kernelSize: number
  readonly stride: number
  readonly padding: Padding
}

/** Calls `f` for every output pixel and every input pixel under its window: indices of the first channel, and of the tap. */
function slide(
  x: Maps,
  { kernelSize, stride, padding }: Window,
  channels: number,
  f: (y: Maps, output: number, input: number, tap: number) => void,
): Maps {
  const rows = side(x.h, kernelSize, stride, padding)
  const columns = side(x.w, kernelSize, stride, padding)
  const y = maps(x.n, rows.output, columns.output, channels)
  for (let n = 0; n < x.n; n++)
    for (let i = 0; i < y.h; i++)
      for (let j = 0; j < y.w; j++)
        for (let dy = 0; dy < kernelSize; dy++)
          for (let dx = 0; dx < kernelSize; dx++) {
            const row = i * stride + dy - rows.before
            const column = j * stride + dx - columns.before
            if (row < 0 || row >= x.h || column < 0 || column >= x.w) continue
            f(y, at(y, n, i, j, 0), at(x, n, row, column, 0), dy * kernelSize + dx)
          }
  return y
}

function convolve(x: Maps, kernel: Float64Array, bias: Float64Array | null, filters: number, window: Window): Maps {
  const y = slide(x, window, filters, (y, output, input, tap) => {
    for (let c = 0; c < x.c; c++)
      for (let o = 0; o < filters; o++) y.data[output + o] += x.data[input + c] * kernel[(tap * x.c + c) * filters + o]
  })
  if (bias) y.data.forEach((value, i) => (y.data[i] = value + bias[i % filters]))
  return y
}

function depthwise(x: Maps, kernel: Float64Array, bias: Float64Array | null, window: Window): Maps {
  const y = slide(x, window, x.c, (y, output, input, tap) => {
    for (let c = 0; c < x.c; c++) y.data[output + c] += x.data[input + c] * kernel[tap * x.c + c]
  })
  if (bias) y.data.forEach((value, i) => (y.data[i] = value + bias[i % x.c]))
  return y
}

function pool(x: Maps, window: Window, kind: 'max' | 'average'): Maps {
  const seen = new Map<number, number[]>()
  const y = slide(x, window, x.c, (_, output, input) => {
    for (let c = 0; c < x.c; c++) {
      const values = seen.get(output + c) ?? []
      values.push(x.data[input + c])
      seen.set(output + c, values)
    }
  })
  for (const [output, values] of seen) {
    y.data[output] =
      kind === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return y
}

/** dL/dWeight by central differences, for L = Σ towards · embeddings: one number per entry of the weight. */
export function referenceGradient(
  network: Network,
  weights: Weights,
  name: string,
  pictures: ArrayLike<number>,
  n: number,
  towards: ArrayLike<number>,
  options: ReferenceOptions,
): Float64Array {
  const loss = (changed: Float64Array): number =>
    referenceForward(network, new Map([...weights, [name, changed]]), pictures, n, options).reduce(
      (sum, value, i) => sum + value * towards[i],
      0,
    )
  const weight = weightOf(weights, name)
  const h = 1e-6
  return weight.map((value, i) => {
    const plus = Float64Array.from(weight)
    const minus = Float64Array.from(weight)
    plus[i] = value + h
    minus[i] = value - h
    return (loss(plus) - loss(minus)) / (2 * h)
  })
}
