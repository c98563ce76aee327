/** The optimizer on TF.js: see ../optimizerRule.ts for the formulas. */
import type { WeightSpec } from '../../models/weights.ts'
import { tiniest, type UpdateRule } from '../optimizerRule.ts'
import { hasKernel, runKernel, type Tensor, type Tf } from './layer.ts'

/** Kernels of our own, where a backend has them: they update in place. */
export const updateKernels = { adam: 'TripletLabAdam', sgd: 'TripletLabSgd' } as const

/** The tensors of an engine by name; `replace` keeps the new tensor and frees the old one. */
export interface Tensors {
  get(name: string): Tensor
  replace(name: string, value: Tensor): void
}

/** Moves one weight and its slots. @param clip what the gradient is multiplied by first */
export function updateWeight(
  tf: Tf,
  tensors: Tensors,
  spec: WeightSpec,
  gradient: Tensor,
  clip: number,
  rule: UpdateRule,
): void {
  const name = spec.name
  const keep = spec.decays ? rule.keep : 1
  const w = tensors.get(name)
  const inPlace = hasKernel(tf, updateKernels[rule.kind])
  if (rule.kind === 'adam') {
    const m = tensors.get(`${name}/m`)
    const v = tensors.get(`${name}/v`)
    if (inPlace) {
      runKernel(tf, updateKernels.adam, { w, m, v, g: gradient }, { ...rule, clip, keep })
      return
    }
    const g = tf.mul(gradient, clip)
    const m2 = flush(tf, tf.add(tf.mul(m, rule.beta1), tf.mul(g, 1 - rule.beta1)))
    const v2 = flush(tf, tf.add(tf.mul(v, rule.beta2), tf.mul(tf.square(g), 1 - rule.beta2)))
    const root = tf.add(tf.mul(tf.sqrt(v2), rule.root), rule.epsilon)
    tensors.replace(`${name}/m`, m2)
    tensors.replace(`${name}/v`, v2)
    tensors.replace(name, tf.sub(tf.mul(w, keep), tf.div(tf.mul(m2, rule.size), root)))
    return
  }
  const velocity = tensors.get(`${name}/velocity`)
  if (inPlace) {
    runKernel(tf, updateKernels.sgd, { w, velocity, g: gradient }, { ...rule, clip, keep })
    return
  }
  const moved = flush(tf, tf.add(tf.mul(velocity, rule.momentum), tf.mul(gradient, clip)))
  tensors.replace(`${name}/velocity`, moved)
  tensors.replace(name, tf.sub(tf.mul(w, keep), tf.mul(moved, rule.rate)))
}

function flush(tf: Tf, x: Tensor): Tensor {
  return tf.mul(x, tf.cast(tf.greater(tf.abs(x), tiniest), 'float32'))
}
