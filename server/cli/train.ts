import * as l10n from '@vscode/l10n'
import { dirname, relative, resolve } from 'node:path'
import { ensureTrainingServer } from '../launch.ts'
import { queueExperiment } from '../queueExperiment.ts'
import type { Store } from '../store/store.ts'
import { overridden } from '../sweeps/plan.ts'
import { hasErrors, readExperiment, sayProblems, type CheckedFile } from './experimentFile.ts'
import { brief } from './brief.ts'
import { follow } from './follow.ts'
import { followSweep } from './sweep.ts'
import { reportSweep } from './sweepReport.ts'
import { exitDone, exitFailed, exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'

export interface TrainOptions extends CommonOptions {
  readonly epochs?: number
  readonly seed?: number
  readonly engine?: string
  readonly detach?: true
  readonly priority?: number
}

/** `triplet-lab train FILE`: through the same queue, training server and trainers as in the editor. */
export async function train(file: string, options: TrainOptions): Promise<void> {
  const checked = await readExperiment(file)
  if (!checked) return
  sayProblems(file, checked.problems)
  if (hasErrors(checked.problems)) {
    process.exitCode = exitWrongInput
    return
  }
  await withStore(options.store, true, async store => {
    const ids = queueExperiment(store, experimentOf(store, file), withOptions(checked, options), options.priority)
    const plan = checked.sweep
    const sweepId = plan === null ? null : (store.run(ids[0])?.sweepId ?? null)
    const launched = await ensureTrainingServer(store)
    if (launched.kind === 'refused') {
      fail(exitFailed, launched.message)
      return
    }
    if (sweepId === null) {
      await finish(store, ids, options)
      return
    }
    if (options.detach) sayQueued(ids)
    else await followSweep(store, sweepId)
    reportSweep(store, sweepId, options)
  })
}

const sayQueued = (ids: readonly number[]) =>
  say(l10n.t('Queued as run {0}. See it with: triplet-lab show {0}', ids.join(', ')))

/** Waits for runs that were queued, unless they were to be left alone, and says what came of them. */
export async function finish(
  store: Store,
  ids: readonly number[],
  options: CommonOptions & { readonly detach?: true },
): Promise<void> {
  if (options.detach) sayQueued(ids)
  else await follow(store, ids)
  report(store, ids, options)
}

/** A file's path as the store names it. */
export function experimentOf(store: Store, file: string): string {
  return relative(dirname(store.dir), resolve(file)).replaceAll('\\', '/')
}

/** What the options say in place of the file. The repeats of a combination keep seeds that follow one another. */
function withOptions({ runs, sweep }: CheckedFile, { epochs, seed, engine }: TrainOptions) {
  const given = {
    ...(epochs === undefined ? {} : { epochs }),
    ...(seed === undefined ? {} : { seed }),
    ...(engine === undefined ? {} : { engine }),
  }
  const repeats = sweep?.repeats ?? 1
  const specs = runs.map((run, i) => ({
    ...run,
    spec: overridden(run.spec, seed === undefined ? given : { ...given, seed: seed + (i % repeats) }),
  }))
  return { specs, sweep: sweep && { ...sweep, overrides: given } }
}

function report(store: Store, ids: readonly number[], options: CommonOptions & { readonly detach?: true }): void {
  const runs = ids.flatMap(id => store.run(id) ?? [])
  if (options.json) printJson({ store: store.dir, runs: runs.map(brief) })
  const good = options.detach ? new Set(['queued', 'running', 'done']) : new Set(['done'])
  process.exitCode = runs.length === ids.length && runs.every(run => good.has(run.status)) ? exitDone : exitFailed
}
