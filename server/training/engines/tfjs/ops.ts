/** The operations that training spends its time in: here on any backend of TF.js, in wasmOps.ts with kernels of our own. */
import type { NamedTensorMap } from '@tensorflow/tfjs-core'
import type { Padding } from '../../models/network.ts'
import { tiniest, type UpdateRule } from '../optimizerRule.ts'
import type { Tensor, Tf } from './tf.ts'

/** A square window that slides over a picture. */
export interface Window {
  readonly size: number
  readonly stride: number
  readonly padding: Padding
}

export interface OptimizerStep {
  readonly rule: UpdateRule
  /** What the gradient is multiplied by first. */
  readonly clip: number
  /** What the weight is multiplied by first. */
  readonly keep: number
}

/** The tensors of an engine by name; `replace` keeps the new tensor and frees the old one. */
export interface Tensors {
  get(name: string): Tensor
  replace(name: string, value: Tensor): void
}

export class TfOps {
  protected readonly tf: Tf

  constructor(tf: Tf) {
    this.tf = tf
  }

  /** x [n, in] · kernel [in, out] + bias. */
  dense(x: Tensor, kernel: Tensor, bias: Tensor | null): Tensor {
    return this.#withBias(this.tf.matMul(x, kernel), bias)
  }

  denseInputGradient(dy: Tensor, kernel: Tensor): Tensor {
    return this.tf.matMul(dy, kernel, false, true)
  }

  denseKernelGradient(x: Tensor, dy: Tensor): Tensor {
    return this.tf.matMul(x, dy, true, false)
  }

  convolve(x: Tensor, filter: Tensor, bias: Tensor | null, window: Window): Tensor {
    return this.#withBias(this.#run('Conv2D', { x, filter }, convolution(window)), bias)
  }

  convolveInputGradient(dy: Tensor, filter: Tensor, inputShape: number[], window: Window): Tensor {
    return this.#run('Conv2DBackpropInput', { dy, filter }, { ...convolution(window), inputShape })
  }

  convolveFilterGradient(x: Tensor, dy: Tensor, filterShape: number[], window: Window): Tensor {
    return this.#run('Conv2DBackpropFilter', { x, dy }, { ...convolution(window), filterShape })
  }

  depthwise(x: Tensor, filter: Tensor, window: Window): Tensor {
    return this.#run('DepthwiseConv2dNative', { x, filter }, convolution(window))
  }

  /** dL/dx and dL/dFilter. */
  depthwiseGradients(x: Tensor, dy: Tensor, filter: Tensor, window: Window): [Tensor, Tensor] {
    const attrs = convolution(window)
    return [
      this.#run('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      this.#run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
    ]
  }

  maxPool(x: Tensor, window: Window): Tensor {
    return this.#run('MaxPool', { x }, pooling(window))
  }

  maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, window: Window): Tensor {
    return this.#run('MaxPoolGrad', { dy, input: x, output: y }, pooling(window))
  }

  /** Without padding: layers/pooling.ts pads by itself. */
  averagePool(x: Tensor, window: Window): Tensor {
    return this.#run('AvgPool', { x }, pooling(window))
  }

  averagePoolGradient(dy: Tensor, x: Tensor, window: Window): Tensor {
    return this.#run('AvgPoolGrad', { dy, input: x }, pooling(window))
  }

  /** min(cap, x) above zero, slope · x below. */
  rectify(x: Tensor, slope: number, cap: number): Tensor {
    const y = slope === 0 ? this.tf.relu(x) : this.tf.leakyRelu(x, slope)
    return cap === Infinity ? y : this.tf.minimum(y, cap)
  }

  /** @param y the outputs: they tell on which side of zero and of the cap the input was */
  rectifyGradient(dy: Tensor, y: Tensor, slope: number, cap: number): Tensor {
    const { tf } = this
    const below = tf.mul(dy, tf.step(y, slope))
    return cap === Infinity ? below : tf.mul(below, tf.step(tf.sub(cap, y)))
  }

  /** Sums over all but the last axis: the gradient of a bias. */
  columnSums(x: Tensor): Tensor {
    return this.tf.sum(this.tf.reshape(x, [-1, lastAxis(x)]), 0)
  }

  /** Mean and biased variance of every channel. */
  moments(x: Tensor): { readonly mean: Tensor; readonly variance: Tensor } {
    const { tf } = this
    const rows = x.size / lastAxis(x)
    const mean = tf.div(this.columnSums(x), rows)
    return { mean, variance: tf.div(this.columnSums(tf.square(tf.sub(x, mean))), rows) }
  }

  /** x · scale + shift, per channel. */
  scaleShift(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
    return this.tf.add(this.tf.mul(x, scale), shift)
  }

  /** Σ dy and Σ dy (x − mean), per channel. */
  normSums(dy: Tensor, x: Tensor, mean: Tensor): { readonly sums: Tensor; readonly dots: Tensor } {
    return { sums: this.columnSums(dy), dots: this.columnSums(this.tf.mul(dy, this.tf.sub(x, mean))) }
  }

  /** dy · a + (x − mean) · b + k, per channel. */
  normGradient(dy: Tensor, x: Tensor, mean: Tensor, a: Tensor, b: Tensor, k: Tensor): Tensor {
    const { tf } = this
    return tf.add(tf.add(tf.mul(dy, a), tf.mul(tf.sub(x, mean), b)), k)
  }

  /** Σ x². */
  sumOfSquares(x: Tensor): number {
    return this.tf.sum(this.tf.square(x)).dataSync()[0]
  }

  /** One weight moves, with what the optimizer remembers of it: see ../optimizerRule.ts. */
  update(name: string, gradient: Tensor, tensors: Tensors, { rule, clip, keep }: OptimizerStep): void {
    const { tf } = this
    const w = tensors.get(name)
    const g = tf.mul(gradient, clip)
    if (rule.kind === 'sgd') {
      const velocity = this.#flush(tf.add(tf.mul(tensors.get(`${name}/velocity`), rule.momentum), g))
      tensors.replace(`${name}/velocity`, velocity)
      tensors.replace(name, tf.sub(tf.mul(w, keep), tf.mul(velocity, rule.rate)))
      return
    }
    const m = this.#flush(tf.add(tf.mul(tensors.get(`${name}/m`), rule.beta1), tf.mul(g, 1 - rule.beta1)))
    const v = this.#flush(tf.add(tf.mul(tensors.get(`${name}/v`), rule.beta2), tf.mul(tf.square(g), 1 - rule.beta2)))
    const root = tf.add(tf.mul(tf.sqrt(v), rule.root), rule.epsilon)
    tensors.replace(`${name}/m`, m)
    tensors.replace(`${name}/v`, v)
    tensors.replace(name, tf.sub(tf.mul(w, keep), tf.div(tf.mul(m, rule.size), root)))
  }

  #withBias(y: Tensor, bias: Tensor | null): Tensor {
    return bias ? this.tf.add(y, bias) : y
  }

  #flush(x: Tensor): Tensor {
    return this.tf.mul(x, this.tf.cast(this.tf.greaterEqual(this.tf.abs(x), tiniest), 'float32'))
  }

  /** A backend's kernel by its name, with the attributes that TF.js's own operations would give it. */
  #run(name: string, inputs: NamedTensorMap, attributes: Record<string, number | string | number[]>): Tensor {
    return this.tf.engine().runKernel(name, inputs, attributes)
  }
}

export function lastAxis(x: Tensor): number {
  return x.shape[x.rank - 1] ?? 1
}

function convolution({ stride, padding }: Window): Record<string, number | string | number[]> {
  return { strides: [stride, stride], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] }
}

function pooling({ size, stride, padding }: Window): Record<string, number | string | number[]> {
  return { filterSize: [size, size], strides: [stride, stride], pad: padding }
}
