/** Computes a UMAP away from the page's thread, and shows how it settles. */
import * as v from 'valibot'
import { MapJob, type MapProgress } from './mapMessages.ts'
import { UmapLayout } from './umapLayout.ts'

/** Between two pictures of the map. */
const portionMilliseconds = 50

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const { dimensions, ...codes } = v.parse(MapJob, event.data)
  const layout = new UmapLayout(codes, dimensions)
  for (;;) {
    layout.settle(portionMilliseconds, () => performance.now())
    const { points, done } = layout
    self.postMessage({ points, done } satisfies MapProgress, { transfer: [points.buffer] })
    if (done >= 1) return
  }
})
