import type { Layer } from '../../../models/network.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'
import { convolutionLayer } from './convolution.ts'

/** What a `save` and its `add` share: activations on the way forwards, their gradient on the way back. */
export interface Branch {
  activations: Tensor | null
  gradient: Tensor | null
}

export function saveLayer(branch: Branch, { tf }: LayerContext): TfLayer {
  return {
    forward(x) {
      branch.activations = x
      branch.gradient = null
      return x
    },
    backward: dy => (branch.gradient ? tf.add(dy, branch.gradient) : dy),
  }
}

export function addLayer(layer: Extract<Layer, { type: 'add' }>, branch: Branch, context: LayerContext): TfLayer {
  const { tf } = context
  const project = layer.project
    ? convolutionLayer(
        { ...layer.project, kernelSize: 1, padding: 'same', bias: false },
        { ...context, needsInputGradient: true },
      )
    : null
  return {
    forward(x, pass) {
      if (!branch.activations) throw new Error(`Nothing was saved as "${layer.from}".`)
      const other = branch.activations
      return tf.add(x, project ? project.forward(other, pass) : other)
    },
    backward(dy, pass) {
      const gradient = project ? project.backward(dy, pass) : dy
      branch.gradient = branch.gradient ? tf.add(branch.gradient, gradient) : gradient
      return dy
    },
  }
}
