/** Requests about runs that are there: looking closer, writing on them, going on, removing. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { HardestDetail } from '../../protocol/details.ts'
import { packTable } from '../../protocol/packedRuns.ts'
import {
  annotateRuns,
  emptyTrash as emptyTrashRequest,
  listMetrics,
  listTrash,
  moreEpochs,
  placeRuns,
  readClocks,
  readCurves,
  readDetail,
  readRows,
  readSummaries,
  readSuspects,
  restoreRuns,
  runFile,
  trashRuns,
} from '../../protocol/requests.ts'
import { removeTrashed } from '../emptyTrash.ts'
import type { Store } from '../store/store.ts'
import { countHardEpochs, type HardEpochs, likelyMislabelled } from '../training/hardPictures.ts'
import { untrusted } from './refuse.ts'
import type { Answer, RequestContext } from './requestContext.ts'
import { fromPublicId, toPublicId } from './runIds.ts'

/** Known moments of a run: between two of them time is taken to go evenly. */
export const clockPoints = 500

export function serveRunRequests({ connection, workspace, trusted }: RequestContext, on: Answer): void {
  /** Runs by the folder that they are in, each with what was sent with it and its own id there. */
  const byFolder = <T extends { readonly id: number }>(runs: readonly T[]) =>
    [...Map.groupBy(runs, run => fromPublicId(run.id).folder).values()].flatMap(group => {
      const folder = workspace.find(group[0].id)?.folder
      const store = folder?.store(false)
      return folder && store
        ? [{ folder, store, runs: group.map(run => ({ ...run, id: fromPublicId(run.id).id })) }]
        : []
    })
  const references = (runIds: readonly number[]) => runIds.map(id => ({ id }))

  on(readRows, ({ runIds }) => ({ runs: workspace.rows(runIds) }))
  on(readSummaries, ({ metrics }) => ({ summaries: workspace.summaries(metrics).map(packTable) }))
  on(listMetrics, () => ({
    metrics: [...new Set(workspace.folders().flatMap(folder => folder.store(false)?.metricNames() ?? []))],
  }))
  on(runFile, ({ runId }) => {
    const found = workspace.find(runId)
    const run = found?.folder.store(false)?.run(found.id)
    return { uri: found && run ? pathToFileURL(join(found.folder.path, run.experiment)).href : null }
  })
  on(readCurves, ({ runId, metrics, fromStep, toStep, maxPoints }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store) return { series: [] }
    return { series: store.series(found.id, { ...(metrics && { metrics }), fromStep, toStep, maxPoints }) }
  })
  on(readClocks, ({ runIds }) => ({
    clocks: runIds.flatMap(runId => {
      const found = workspace.find(runId)
      const store = found?.folder.store(false)
      return found && store ? [{ runId, clock: store.clock(found.id, clockPoints) }] : []
    }),
  }))
  on(readDetail, ({ runId, detail, step, knownStep, shownStep }) => {
    const place = workspace.find(runId)
    const store = place?.folder.store(false)
    if (!place || !store) return { found: null, steps: [] }
    const found = store.detail(place.id, detail, step ?? undefined)
    return {
      found:
        found === null || found.step === shownStep
          ? null
          : { step: found.step, data: JSON.parse(Buffer.from(found.data).toString('utf8')) as unknown },
      steps: store.detailSteps(place.id, detail).filter(one => one > knownStep),
    }
  })
  on(readSuspects, ({ runId }) => {
    const place = workspace.find(runId)
    const store = place?.folder.store(false)
    return place && store ? suspects(store, place.id) : { epochs: 0, pictures: [] }
  })
  on(annotateRuns, ({ runIds, ...notes }) => {
    for (const { folder, store, runs } of byFolder(references(runIds))) {
      store.transaction(() => {
        for (const { id } of runs) store.annotate(id, notes)
      })
      folder.pollNow()
    }
    return {}
  })
  on(placeRuns, ({ runIds }) => {
    for (const { folder, store, runs } of byFolder(references(runIds))) {
      store.placeRuns(runs.map(run => run.id))
      folder.pollNow()
    }
    return {}
  })
  on(moreEpochs, async ({ runId, epochs }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store?.run(found.id)) return { known: false }
    if (!trusted()) {
      connection.window.showErrorMessage(untrusted())
      return { known: true }
    }
    if (!store.requeue(found.id, epochs)) {
      connection.window.showErrorMessage(l10n.t('The run has not ended yet. Stop it, or wait for its end.'))
      return { known: true }
    }
    found.folder.pollNow()
    const trouble = await found.folder.ensureTraining()
    if (trouble !== null) connection.window.showErrorMessage(trouble)
    return { known: true }
  })
  on(trashRuns, ({ runs: all }) => ({
    trashed: byFolder(all).flatMap(({ folder, store, runs }) => {
      const trashed = store.trashRuns(runs)
      folder.pollNow()
      return trashed.map(id => toPublicId(folder.index, id))
    }),
  }))
  on(restoreRuns, ({ runIds }) => ({
    restored: byFolder(references(runIds)).flatMap(({ folder, store, runs }) => {
      const restored = store.restoreRuns(runs.map(run => run.id))
      folder.pollNow()
      return restored.map(id => toPublicId(folder.index, id))
    }),
  }))
  on(listTrash, () => ({
    runs: workspace
      .folders()
      .flatMap(folder =>
        (folder.store(false)?.trash() ?? []).map(run => ({ ...run, id: toPublicId(folder.index, run.id) })),
      )
      .sort((a, b) => b.trashed - a.trashed),
  }))
  on(emptyTrashRequest, async ({ runs: all }) => {
    let removed = 0
    for (const { store, runs } of byFolder(all)) removed += await removeTrashed(store, runs)
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
