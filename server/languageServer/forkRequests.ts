/** Requests about forks: where a run can be forked from, and doing it. */
import * as l10n from '@vscode/l10n'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as v from 'valibot'
import { forkRun, readForkOffer } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { resolveExperiment } from '../experiment/resolve.ts'
import { changesBetween, offersOf, queueFork } from '../forkRun.ts'
import { untrusted } from './refuse.ts'
import type { Answer, RequestContext } from './requestContext.ts'
import { toPublicId } from './runIds.ts'
import type { WorkspaceFolder } from './workspaceFolder.ts'

type Offer = v.InferOutput<(typeof readForkOffer)['result']>
type Started = v.InferOutput<(typeof forkRun)['result']>

export function serveForks(context: RequestContext, on: Answer): void {
  const { connection, workspace } = context

  on(readForkOffer, async ({ runId }): Promise<Offer> => {
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    const run = found && store?.run(found.id)
    if (!found || !store || !run) return { points: [], file: { kind: 'unusable', why: gone(runId) } }
    const asked = await specOfFile(context, found.folder, run)
    return {
      points: await offersOf(store, run.id),
      file:
        'why' in asked
          ? { kind: 'unusable', why: asked.why }
          : { kind: 'changes', changes: changesBetween(run.spec, asked.spec), epochs: asked.spec.epochs },
    }
  })

  on(forkRun, async ({ runId, point, settings, epochs }): Promise<Started> => {
    const refused = (message: string) => ({ kind: 'refused', message }) as const
    if (!context.trusted()) return refused(untrusted())
    const found = workspace.find(runId)
    const store = found?.folder.store(false)
    const run = found && store?.run(found.id)
    if (!found || !store || !run) return refused(gone(runId))
    const asked = settings === 'run' ? { spec: run.spec } : await specOfFile(context, found.folder, run)
    if ('why' in asked) return refused(asked.why)
    const offer = (await offersOf(store, run.id)).find(one => one.point === point)
    if (!offer) return refused(l10n.t('Run {0} has no checkpoint of this kind: {1}.', run.id, point))
    if (offer.epoch >= epochs)
      return refused(l10n.t('The checkpoint stands after epoch {0}. Ask for more epochs than that.', offer.epoch))
    const id = queueFork(store, run, point, { ...asked.spec, epochs }, null)
    found.folder.pollNow()
    const trouble = await found.folder.ensureTraining()
    if (trouble !== null) connection.window.showErrorMessage(trouble)
    return { kind: 'started', runId: toPublicId(found.folder.index, id) }
  })
}

const gone = (runId: number) => l10n.t('Run {0} is no longer in the store.', runId)

/** What the run's experiment file asks for as it is now, saved or not. */
async function specOfFile(
  context: RequestContext,
  folder: WorkspaceFolder,
  { experiment }: RunRow,
): Promise<{ readonly spec: RunSpec } | { readonly why: string }> {
  const uri = pathToFileURL(join(folder.path, experiment)).href
  const document = context.documents.read(uri)
  if (document === null) return { why: l10n.t('{0} does not exist any more.', experiment) }
  const surroundings = context.experimentContext(uri)
  resolveExperiment(document.tree, surroundings)
  await context.factsSettled()
  const resolution = resolveExperiment(document.tree, surroundings)
  if (resolution.kind === 'refused') return { why: resolution.problems[0].message }
  if (resolution.sweep !== null) return { why: l10n.t('{0} is a sweep; a fork is one run.', experiment) }
  return { spec: resolution.specs[0].spec }
}
