/** A store with what a transfer may meet: names in other scripts, holes, a sweep, notes, details, a run under way. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runFolder } from '../../server/store/layout.ts'
import type { Store } from '../../server/store/store.ts'
import { opened, spec, temporaryFolder } from '../store/helpers.ts'

export function filledStore(dir = temporaryFolder()): Store {
  const store = opened(dir)
  const sweepId = store.addSweep('emoji.triplet.json', { version: 1, some: 'plan' })
  const ids = store.queueRuns([
    { name: 'α 0.1, "quoted" & 50 %_', experiment: 'emoji.triplet.json', sweepId, spec },
    {
      name: '三元组 α 0.2',
      experiment: 'emoji.triplet.json',
      sweepId,
      spec: { ...spec, loss: { ...spec.loss, margin: 0.5 }, clipNorm: 1 },
    },
    { name: 'single', experiment: 'sub/faces.triplet.json', spec: { ...spec, seed: 7 } },
  ])
  for (const [i, id] of ids.entries()) {
    store.claimNext()
    const steps = Array.from({ length: 60 }, (_, step) => step)
    const times = steps.map(step => 1_700_000_000_000 + 50 * step)
    const loss = steps.map(step => (step === 20 ? NaN : 0.1 + Math.sin(step * (i + 1)) / 3))
    store.appendPoints(id, [
      { metric: 'loss', steps, values: loss, times },
      { metric: 'test/recallAt1', steps: [29, 59], values: [1 / 3, (i + 2) / 7], times: [times[29], times[59]] },
      { metric: 'gradientNorm', steps: [5], values: [Infinity], times: [times[5]] },
    ])
    store.addEvent(id, { step: 59, kind: 'evaluated', message: 'R@1 0.3' })
    store.putDetail(id, 'hardest', 29, Buffer.from(JSON.stringify({ epoch: 1, triplets: [] })))
    store.setProgress(id, { epoch: 2, step: 60, steps: 60, engine: 'onnx-cpu' })
    if (i < 2) store.setStatus(id, 'done')
    mkdirSync(runFolder(dir, id), { recursive: true })
    writeFileSync(join(runFolder(dir, id), 'last.checkpoint'), `checkpoint of ${id}`)
  }
  store.annotate(ids[0], { notes: 'for figure 2\nsecond line', tags: ['paper', 'a b'], star: true, heading: 'figures' })
  return store
}

/** All that is kept of a run, apart from its number. */
export function contentOf(store: Store, id: number) {
  const run = store.run(id)
  return {
    run: run && { ...run, id: 0, sweepId: run.sweepId !== null },
    points: store.metricsOf(id).map(metric => [metric, store.rawPoints(id, metric)]),
    events: store.events(id).map(({ step, time, kind, message }) => ({ step, time, kind, message })),
    details: store.details(id).map(one => [one, store.detail(id, one.kind, one.step)]),
    environment: store.record(id)?.environment,
  }
}

export const all = (store: Store) => store.runs().map(run => run.id)
