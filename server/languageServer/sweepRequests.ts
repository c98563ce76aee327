/** Requests about sweeps. */
import * as l10n from '@vscode/l10n'
import type { Connection } from 'vscode-languageserver/node'
import { changeSweep, readSweep, runFirst, runSlots, sweepValue, wishSweep } from '../../protocol/requests.ts'
import { resolveExperiment } from '../experiment/resolve.ts'
import { toTextEdits } from '../language/edits.ts'
import { sweepOf } from '../language/sweepActions.ts'
import { applyChange } from '../sweeps/applyChange.ts'
import { describeSweep } from '../sweeps/describe.ts'
import { runSweepFirst } from '../sweeps/first.ts'
import { requestSweepWish } from '../sweeps/wish.ts'
import { refuse, untrusted } from './refuse.ts'
import type { Answer, RequestContext } from './requestContext.ts'
import { fromPublicId, publicSweep } from './runIds.ts'
import type { WorkspaceFolder } from './workspaceFolder.ts'

export function serveSweepRequests(context: RequestContext, on: Answer): void {
  const { connection, workspace, documents } = context
  on(readSweep, ({ sweepId }) => {
    const found = workspace.find(sweepId)
    const store = found?.folder.store(false)
    const described = found && store ? describeSweep(store, found.id) : null
    if (!found || described === null) return { sweep: null, trials: [] }
    const { sweep, trials } = publicSweep(found.folder.index, described)
    return { sweep, trials: [...trials] }
  })
  on(wishSweep, async ({ sweepId, wish }) => {
    const found = workspace.find(sweepId)
    const store = found?.folder.store(false)
    if (!found || !store) return { known: false }
    if (wish === 'run' && !context.trusted()) {
      connection.window.showErrorMessage(untrusted())
      return { known: true }
    }
    const known = requestSweepWish(store, found.id, wish)
    await goOn(connection, found.folder)
    return { known }
  })
  on(changeSweep, async ({ uri, sweepId }) => {
    if (!context.trusted()) return refuse('untrusted', untrusted())
    const document = documents.read(uri)
    const home = workspace.homeOf(uri)
    const store = home?.folder.store(false)
    const id = sweepId === null ? home?.folder.newestSweepOf(home.experiment)?.id : fromPublicId(sweepId).id
    if (document === null || !home || !store || id === undefined)
      return refuse('no-sweep', l10n.t('This file has no sweep yet. Start one first.'))
    const resolution = resolveExperiment(document.tree, context.experimentContext(uri))
    if (resolution.kind === 'refused') return resolution
    const { specs, sweep } = resolution
    if (sweep === null) return refuse('no-axes', l10n.t('This file sweeps nothing any more: stop the sweep instead.'))
    const applied = applyChange(store, id, document.tree, { specs, sweep })
    switch (applied.kind) {
      case 'unknown':
        return refuse('no-sweep', l10n.t('This file has no sweep yet. Start one first.'))
      case 'unrelated':
        return refuse('unrelated', unrelated())
      case 'changed':
        await goOn(connection, home.folder)
        return applied
    }
  })
  on(runFirst, ({ runIds, sweepIds }) => {
    for (const runId of runIds) {
      const found = workspace.find(runId)
      const store = found?.folder.store(false)
      store?.setPriority(found?.id ?? -1, store.highestPriority() + 1)
      found?.folder.pollNow()
    }
    for (const sweepId of sweepIds) {
      const found = workspace.find(sweepId)
      const store = found?.folder.store(false)
      if (found && store) runSweepFirst(store, found.id)
      found?.folder.pollNow()
    }
    return {}
  })
  on(runSlots, ({ set }) => {
    const stores = workspace.folders().flatMap(folder => folder.store(set !== undefined) ?? [])
    if (set !== undefined) for (const store of stores) store.setSlots(set)
    return { slots: stores.at(0)?.slots() ?? null }
  })
  on(sweepValue, async ({ uri, start, end }) => {
    const document = documents.get(uri)
    if (document === null) return { done: false }
    const offset = document.text.offsetAt(start)
    const sweep = sweepOf(document, { offset, length: document.text.offsetAt(end) - offset })
    if (sweep === null) return { done: false }
    const textDocument = { uri, version: document.text.version }
    const edits = toTextEdits(document.text, sweep.edits)
    const { applied } = await connection.workspace.applyEdit({ documentChanges: [{ textDocument, edits }] })
    return { done: applied }
  })
}

export function unrelated(): string {
  return l10n.t('More than the axes has changed: the file asks for none of the runs of this sweep. Start a new one.')
}

async function goOn(connection: Connection, folder: WorkspaceFolder): Promise<void> {
  folder.pollNow()
  const trouble = await folder.ensureTraining()
  if (trouble !== null) connection.window.showErrorMessage(trouble)
}
