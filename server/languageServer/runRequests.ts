/** Requests about runs that are there: looking closer, writing on them, going on, removing. */
import { rm } from 'node:fs/promises'
import * as v from 'valibot'
import { HardestDetail } from '../../protocol/details.ts'
import { annotateRuns, moreEpochs, readCurves, readDetail, readSuspects, removeRuns } from '../../protocol/requests.ts'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { runFolder } from '../store/layout.ts'
import type { Store } from '../store/store.ts'
import { countHardEpochs, type HardEpochs, likelyMislabelled } from '../training/hardPictures.ts'
import type { Answer, RequestContext } from './requestContext.ts'

export function serveRunRequests({ connection, workspace }: RequestContext, on: Answer): void {
  on(readCurves, ({ runId, metrics, fromStep, toStep, maxPoints }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store) return { series: [] }
    return { series: store.series(found.id, { ...(metrics && { metrics }), fromStep, toStep, maxPoints }) }
  })
  on(readDetail, ({ runId, detail, step, knownStep }) => {
    const place = workspace.find(runId)
    const store = place?.folder.store(false)
    if (!place || !store) return { found: null, steps: [] }
    const found = store.detail(place.id, detail, step ?? undefined)
    return {
      found: found && { step: found.step, data: JSON.parse(Buffer.from(found.data).toString('utf8')) as unknown },
      steps: store.detailSteps(place.id, detail).filter(one => one > knownStep),
    }
  })
  on(readSuspects, ({ runId }) => {
    const place = workspace.find(runId)
    const store = place?.folder.store(false)
    return place && store ? suspects(store, place.id) : { epochs: 0, pictures: [] }
  })
  on(annotateRuns, ({ runIds, ...notes }) => {
    for (const runId of runIds) {
      const found = workspace.find(runId)
      found?.folder.store(false)?.annotate(found.id, notes)
      found?.folder.pollNow()
    }
    return {}
  })
  on(moreEpochs, async ({ runId, epochs }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store?.run(found.id)) return { known: false }
    store.requeue(found.id, epochs)
    found.folder.pollNow()
    const trouble = await found.folder.ensureTraining()
    if (trouble !== null) connection.window.showErrorMessage(trouble)
    return { known: true }
  })
  on(removeRuns, async ({ runIds }) => {
    const removed: number[] = []
    for (const runId of runIds) {
      const found = workspace.find(runId)
      const store = found?.folder.store(false)
      const run = found && store?.run(found.id)
      if (!found || !store || !run || !endedStatuses.has(run.status)) continue
      store.removeRun(found.id)
      await rm(runFolder(store.dir, found.id), { recursive: true, force: true })
      found.folder.pollNow()
      removed.push(runId)
    }
    return { removed }
  })
}

/** The same count that the trainer makes, from what it kept of each epoch. */
function suspects(store: Store, runId: number): v.InferOutput<typeof readSuspects.result> {
  const steps = store.detailSteps(runId, 'hardest')
  const pictures = store.record(runId)?.environment?.dataset.train ?? 0
  let counts: HardEpochs = []
  for (const step of steps) {
    const found = store.detail(runId, 'hardest', step)
    if (found === null) continue
    const { triplets } = v.parse(HardestDetail, JSON.parse(Buffer.from(found.data).toString('utf8')))
    counts = countHardEpochs(counts, triplets)
  }
  const found = likelyMislabelled(counts, steps.length, pictures)
  return { epochs: steps.length, pictures: found.map(([index, epochs]) => ({ index, epochs })) }
}
