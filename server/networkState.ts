/** What a network is for pictures of one size: for diagnostics and hints. */
import type { NetworkState, PictureShape } from './experiment/context.ts'
import type { RunSpec } from '../protocol/runSpec.ts'
import { buildNetwork } from './training/models/build.ts'
import { layerShapes } from './training/models/shapes.ts'
import { parameterCount } from './training/models/weights.ts'

export function networkState(spec: RunSpec, picture: PictureShape): NetworkState {
  const network = buildNetwork(spec.model, picture, spec.loss.normalize)
  const shapes = layerShapes(network)
  return shapes.kind === 'problem'
    ? { kind: 'impossible', why: shapes.message }
    : { kind: 'network', parameters: parameterCount(network) }
}
