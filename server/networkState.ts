/** What a network is for pictures of one size: for diagnostics and hints. */
import type { NetworkState, PictureShape } from './experiment/context.ts'
import type { RunSpec } from '../protocol/runSpec.ts'
import { buildNetwork } from './training/models/build.ts'
import { layerShapes } from './training/models/shapes.ts'
import { parameterCount } from './training/models/weights.ts'

/** By model, since the runs of a sweep often share one; then by the rest that matters. */
const known = new WeakMap<RunSpec['model'], Map<string, NetworkState>>()

export function networkState({ model, loss }: RunSpec, picture: PictureShape): NetworkState {
  const states = known.get(model) ?? new Map<string, NetworkState>()
  known.set(model, states)
  const key = `${picture.height} ${picture.width} ${picture.channels} ${loss.normalize}`
  const before = states.get(key)
  if (before !== undefined) return before
  const network = buildNetwork(model, picture, loss.normalize)
  const shapes = layerShapes(network)
  const state: NetworkState =
    shapes.kind === 'problem'
      ? { kind: 'impossible', why: shapes.message }
      : { kind: 'network', parameters: parameterCount(network) }
  states.set(key, state)
  return state
}
