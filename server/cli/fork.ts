import * as l10n from '@vscode/l10n'
import { dirname, relative, resolve } from 'node:path'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { parseExperiment } from '../experiment/parse.ts'
import { resolveExperiment } from '../experiment/resolve.ts'
import { experimentOf, withSetting } from '../experiment/written.ts'
import { changesBetween, offersOf, queueFork } from '../forkRun.ts'
import { ensureTrainingServer } from '../launch.ts'
import { surroundingsOf } from '../surroundings.ts'
import type { ForkPoint } from '../training/fork.ts'
import { hasErrors, readExperiment, sayProblems } from './experimentFile.ts'
import { exitFailed, exitWrongInput, fail, say, withStore, type CommonOptions } from './output.ts'
import { finish } from './train.ts'

interface ForkOptions extends CommonOptions {
  readonly from: ForkPoint
  readonly file?: string
  readonly set?: readonly string[]
  readonly epochs?: number
  readonly detach?: true
}

/** `triplet-lab fork RUN`: a new run that goes on from a checkpoint of that one, with changed settings. */
export async function fork(runId: number, options: ForkOptions): Promise<void> {
  await withStore(options.store, false, async store => {
    const parent = store.run(runId)
    if (!parent) {
      fail(exitWrongInput, l10n.t('There is no run {0}. triplet-lab runs lists them.', runId))
      return
    }
    const offer = (await offersOf(store, runId)).find(one => one.point === options.from)
    if (!offer) {
      fail(exitWrongInput, l10n.t('Run {0} has no checkpoint of this kind: {1}.', runId, options.from))
      return
    }
    const spec = await specOf(parent.spec, options)
    if (spec === null) return
    if (offer.epoch >= spec.epochs) {
      fail(
        exitWrongInput,
        l10n.t('The checkpoint stands after epoch {0} of {1}. Ask for more with --epochs.', offer.epoch, spec.epochs),
      )
      return
    }
    const experiment =
      options.file === undefined ? null : relative(dirname(store.dir), resolve(options.file)).replaceAll('\\', '/')
    const id = queueFork(store, parent, options.from, spec, experiment)
    for (const change of changesBetween(parent.spec, spec)) say(change)
    const launched = await ensureTrainingServer(store)
    if (launched.kind === 'refused') fail(exitFailed, launched.message)
    else await finish(store, [id], options)
  })
}

/** @returns `null` when the settings are wrong, which has then been said */
async function specOf(before: RunSpec, { file, set = [], epochs }: ForkOptions): Promise<RunSpec | null> {
  const base = file === undefined ? before : await specOfFile(file)
  if (base === null) return null
  let experiment = experimentOf(base)
  for (const assignment of [...set, ...(epochs === undefined ? [] : [`epochs=${epochs}`])]) {
    const changed = withSetting(experiment, assignment)
    if (changed === null) {
      fail(exitWrongInput, l10n.t('"{0}" changes no setting: write loss.margin=0.5, for instance.', assignment))
      return null
    }
    experiment = changed
  }
  const { tree } = parseExperiment(JSON.stringify(experiment))
  const resolution = resolveExperiment(tree, await surroundingsOf(tree, '/'))
  if (resolution.kind === 'resolved' && resolution.sweep === null) return resolution.specs[0].spec
  if (resolution.kind === 'resolved') fail(exitWrongInput, l10n.t('A fork is one run: give each setting one value.'))
  else for (const { code, message } of resolution.problems) fail(exitWrongInput, `${code} ${message}`)
  return null
}

async function specOfFile(file: string): Promise<RunSpec | null> {
  const checked = await readExperiment(file)
  if (checked === null) return null
  sayProblems(file, checked.problems)
  if (hasErrors(checked.problems)) process.exitCode = exitWrongInput
  else if (checked.sweep === null) return checked.runs[0].spec
  else fail(exitWrongInput, l10n.t('A fork is one run: give each setting one value.'))
  return null
}
