/** How much work a network is. */
import type { Network } from './network.ts'
import { shapesOf, sizeOf } from './shapes.ts'
import { parameterCount } from './weights.ts'

/** Multiplications of one picture's way through the network; a step takes about three times as many per picture. */
export function multiplications(network: Network): number {
  const { input, after } = shapesOf(network)
  return network.layers.reduce((sum, layer, i) => {
    const before = after[i - 1] ?? input
    const depth = before.kind === 'map' ? before.channels : before.size
    switch (layer.type) {
      case 'dense':
        return sum + sizeOf(before) * layer.units
      case 'conv':
        return sum + sizeOf(after[i]) * layer.kernelSize ** 2 * depth
      case 'depthwise':
        return sum + sizeOf(after[i]) * layer.kernelSize ** 2
      default:
        return sum
    }
  }, 0)
}

/**
 * Bytes that training takes, about: the pictures of a batch, their activations and gradients, what is measured of each pair of
 * them, and each weight with its gradient and an optimizer's memory of two numbers.
 */
export function trainingBytes(network: Network, batchSize: number): number {
  const { input, after } = shapesOf(network)
  const activations = after.reduce((sum, one) => sum + sizeOf(one), 0)
  return 4 * (batchSize * (sizeOf(input) + 2 * activations + 4 * batchSize) + 4 * parameterCount(network))
}
