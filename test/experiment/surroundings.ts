/** What lies around the files of the tests. */
import type { DatasetState, ExperimentContext } from '../../server/experiment/context.ts'
import { networkState } from '../../server/networkState.ts'
import { context } from './helpers.ts'

const known = {
  kind: 'known',
  classes: 1180,
  images: 7552,
  smallestClass: 6,
  largestClass: 8,
  shape: { height: 32, width: 32, channels: 3 },
  hasGivenSplit: false,
  givenTraining: null,
} satisfies DatasetState

/** MNIST as published, the emoji as they are, three faces, a folder that is not there and a file that is broken. */
export const surroundings: ExperimentContext = {
  folder: '/lab',
  engines: ['onnx-cpu', 'tfjs-wasm', 'tfjs-cpu'],
  network: networkState,
  dataset: dataset => {
    if (dataset.kind === 'emoji') return known
    if (dataset.kind === 'folder' && dataset.path === '/lab/three') return { ...known, classes: 3, images: 18 }
    if (dataset.kind === 'folder' && dataset.path.startsWith('/lab/f') && dataset.path !== '/lab/faces')
      return { ...known, classes: 8, images: 48 }
    if (dataset.kind === 'folder') return { kind: 'missing', path: dataset.path, near: '/lab/face' }
    if (dataset.kind === 'npz') return { kind: 'unreadable', path: dataset.path, reason: 'it is not a zip file' }
    return context.dataset?.(dataset)
  },
}
