/** Requests of ours: decode, do, encode. */
import * as v from 'valibot'
import { ResponseError } from 'vscode-languageserver/node'
import * as l10n from '@vscode/l10n'
import { describeExperiment, listRuns, readRun, startTraining, watchRun, wishRun } from '../../protocol/requests.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { applyEdits } from '../experiment/applyEdits.ts'
import { resolveExperiment } from '../experiment/resolve.ts'
import { requestWish } from '../queues/local.ts'
import { editsToVaryAlone } from '../language/axisAlone.ts'
import type { ExperimentDocument } from '../language/document.ts'
import { experimentStatus } from '../language/status.ts'
import { queueExperiment } from '../queueExperiment.ts'
import type { Answer, RequestContext } from './requestContext.ts'
import { serveForks } from './forkRequests.ts'
import { refuse, untrusted } from './refuse.ts'
import { serveSweepRequests } from './sweepRequests.ts'
import { clockPoints, serveRunRequests } from './runRequests.ts'
import { publicDelta, publicRun, toPublicId } from './runIds.ts'
import { serveTransferRequests } from './transferRequests.ts'
import type { Home } from './workspace.ts'

const invalidParams = -32602

export function serveRequests(context: RequestContext): void {
  const { connection, workspace } = context

  const on: Answer = (type, handle) => {
    connection.onRequest(type.method, async (params: unknown) => {
      const decoded = v.safeParse(type.params, params)
      if (!decoded.success) return new ResponseError(invalidParams, `${type.method}: ${v.summarize(decoded.issues)}`)
      return handle(decoded.output)
    })
  }

  serveRunRequests(context, on)
  serveTransferRequests(context, on)
  serveSweepRequests(context, on)
  serveForks(context, on)
  on(startTraining, ({ uri, axis }) => startExperiment(context, uri, axis))
  on(describeExperiment, ({ uri }) => {
    const document = context.documents.read(uri)
    return document === null
      ? { engine: null, runs: 0, duration: null }
      : experimentStatus(document, context.languageContext(document))
  })
  on(listRuns, ({ metrics }) => workspace.packed(metrics))
  on(readRun, ({ runId, maxPoints }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store) return { run: null, series: [], events: [], clock: { steps: [], times: [] } }
    const { folder, id } = found
    const run = store.run(id)
    const events = publicDelta(folder.index, { kind: 'events', runId: id, events: store.events(id) })
    return {
      run: run && publicRun(folder.index, run),
      series: store.series(id, { maxPoints }),
      events: events.kind === 'events' ? events.events : [],
      clock: store.clock(id, clockPoints),
    }
  })
  on(watchRun, ({ runId, watch }) => {
    const found = workspace.find(runId)
    found?.folder.watch(found.id, watch)
    return {}
  })
  on(wishRun, async ({ runId, wish }) => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    if (!found || !store) return { known: false }
    if (wish === 'run' && !context.trusted()) {
      connection.window.showErrorMessage(untrusted())
      return { known: true }
    }
    const run = requestWish(store, found.id, wish)
    found.folder.pollNow()
    const trouble = await found.folder.ensureTraining()
    if (trouble !== null) connection.window.showErrorMessage(trouble)
    return { known: run !== null }
  })
}

type StartAnswer = v.InferOutput<(typeof startTraining)['result']>

/** Queues the runs of a file, as the editor shows it now, and sees that they are trained. */
export async function startExperiment(context: RequestContext, uri: string, axis?: string): Promise<StartAnswer> {
  if (!context.trusted()) return refuse('untrusted', untrusted())
  const whole = context.documents.read(uri)
  if (whole === null) return refuse('unreadable', l10n.t('{0} cannot be read. Save it, then try again.', uri))
  const home = context.workspace.homeOf(uri)
  if (home === null) return refuse('no-folder', l10n.t('Save the file first: runs are stored in its folder.'))
  const document = axis === undefined ? whole : alone(context, whole, axis)
  // The first look asks for the facts of the dataset, the second one has them.
  const surroundings = context.experimentContext(uri)
  resolveExperiment(document.tree, surroundings)
  await context.factsSettled()
  const resolution = resolveExperiment(document.tree, surroundings)
  if (resolution.kind === 'refused') return resolution
  const store = home.folder.store(true)
  if (store === null)
    return refuse('no-store', l10n.t('Runs cannot be stored in {0}. The log says why.', home.folder.path))
  const runIds = queueExperiment(store, home.experiment, resolution)
  home.folder.pollNow()
  void launch(context, home)
  const toPublic = (id: number) => toPublicId(home.folder.index, id)
  const sweepId = resolution.sweep === null ? null : (store.run(runIds[0])?.sweepId ?? null)
  return {
    kind: 'started',
    runIds: runIds.map(toPublic),
    sweepId: sweepId === null ? null : toPublic(sweepId),
  }
}

/** What start would queue, where it is one run and nothing keeps it from starting. */
export function likelySpec({ documents, experimentContext }: RequestContext, uri: string): RunSpec | null {
  const document = documents.read(uri)
  if (document === null) return null
  const resolution = resolveExperiment(document.tree, experimentContext(uri))
  if (resolution.kind === 'refused' || resolution.sweep !== null || resolution.specs.length !== 1) return null
  return resolution.specs[0].spec
}

/** The file with one axis; a file that no longer has it is taken as it is. */
function alone({ documents, languageContext }: RequestContext, document: ExperimentDocument, axis: string) {
  const edits = editsToVaryAlone(document, languageContext(document), axis)
  return edits === null ? document : documents.withText(document, applyEdits(document.tree.text, edits))
}

/** The runs are safe in the store; that they cannot start now is said, and tried again every few seconds. */
async function launch({ connection }: RequestContext, home: Home): Promise<void> {
  const trouble = await home.folder.ensureTraining()
  if (trouble !== null) connection.window.showErrorMessage(trouble)
}
