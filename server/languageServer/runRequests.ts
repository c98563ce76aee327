/** Requests about runs that are there: looking closer, writing on them, going on, removing. */
import { rm } from 'node:fs/promises'
import { annotateRuns, moreEpochs, readCurves, readDetail, removeRuns } from '../../protocol/requests.ts'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { runFolder } from '../store/layout.ts'
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
