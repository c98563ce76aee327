/** Requests that bring runs out, in, and into files: exports, imports, settings as text, and starting again. */
import { basename, dirname, join } from 'node:path'
import * as l10n from '@vscode/l10n'
import {
  claimNotice,
  experimentText,
  exportRuns as exportRequest,
  importRuns as importRequest,
  settingsOfRun as settingsRequest,
  startAgain,
} from '../../protocol/requests.ts'
import { writeExperiment } from '../experiment/writeExperiment.ts'
import { settingsOfRun } from '../language/settingsOfRun.ts'
import { exportRuns } from '../transfer/exportRuns.ts'
import { importRuns } from '../transfer/importRuns.ts'
import { untrusted } from './refuse.ts'
import type { Answer, RequestContext } from './requestContext.ts'
import { fromPublicId, toPublicId } from './runIds.ts'

export function serveTransferRequests(context: RequestContext, on: Answer): void {
  const { workspace, documents, connection } = context

  on(exportRequest, async ({ runIds, format, path, checkpoints }) => {
    const byFolder = [...Map.groupBy(runIds, id => fromPublicId(id).folder).values()]
    let exported = 0
    try {
      for (const ids of byFolder) {
        const found = workspace.find(ids[0])
        const store = found?.folder.store(false)
        if (!found || !store) continue
        // Each workspace folder has a store of its own: with several, each gets a file or folder of its own.
        const target =
          byFolder.length === 1 ? path : join(dirname(path), `${basename(found.folder.path)} ${basename(path)}`)
        exported += await exportRuns(
          store,
          ids.map(id => fromPublicId(id).id),
          format,
          target,
          { checkpoints },
        )
      }
      return { exported, trouble: null }
    } catch (error) {
      return { exported, trouble: reasonOf(error) }
    }
  })

  on(importRequest, async ({ path }) => {
    const folder = workspace.folders().at(0)
    const store = folder?.store(true)
    if (!folder || !store) return { added: 0, known: 0, trouble: l10n.t('Open a folder first: runs are kept in it.') }
    const { added, known, trouble } = await importRuns(store, path)
    folder.pollNow()
    return { added: added.length, known, trouble }
  })

  on(startAgain, async ({ runIds }) => {
    if (!context.trusted()) return { runIds: [], trouble: untrusted() }
    const started: number[] = []
    let trouble: string | null = null
    for (const runId of runIds) {
      const found = workspace.find(runId)
      const store = found?.folder.store(false)
      const run = found && store?.run(found.id)
      if (!found || !store || !run) continue
      const { name, experiment, spec } = run
      const [id] = store.queueRuns([{ name, experiment, spec }])
      started.push(toPublicId(found.folder.index, id))
      found.folder.pollNow()
      trouble ??= await found.folder.ensureTraining()
    }
    return { runIds: started, trouble }
  })

  on(claimNotice, ({ runId }) => {
    const found = workspace.find(runId)
    return { isOurs: found?.folder.store(false)?.claimNotice(found.id) ?? false }
  })

  on(experimentText, ({ runId }) => {
    const found = workspace.find(runId)
    const run = found?.folder.store(false)?.run(found.id)
    if (!found || !run) return { text: null }
    return { text: writeExperiment(run.spec, dirname(join(found.folder.path, run.experiment))) }
  })

  on(settingsRequest, ({ uri, runId }) => {
    const found = workspace.find(runId)
    const run = found?.folder.store(false)?.run(found.id)
    const document = documents.read(uri)
    if (!run || document === null) {
      connection.console.warn(`${settingsRequest.method}: there is no run ${runId}, or no file ${uri}.`)
      return { text: null }
    }
    const language = context.languageContext(document)
    return { text: settingsOfRun(document, language, run.spec, text => documents.parse(text)) }
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
