/** How much work a network is. */
import type { Network } from './network.ts'
import { shapesOf, sizeOf } from './shapes.ts'

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
