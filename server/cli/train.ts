import * as l10n from '@vscode/l10n'
import { dirname, relative, resolve } from 'node:path'
import type { RunRow } from '../../protocol/runEvent.ts'
import { ensureTrainingServer } from '../launch.ts'
import { queueExperiment } from '../queueExperiment.ts'
import type { Store } from '../store/store.ts'
import { overridden, type SweepPlan } from '../sweeps/plan.ts'
import { hasErrors, readExperiment, sayProblems, type CheckedFile } from './experimentFile.ts'
import { follow } from './follow.ts'
import { followSweep, ranked } from './sweep.ts'
import { exitDone, exitFailed, exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'

interface TrainOptions extends CommonOptions {
  readonly epochs?: number
  readonly seed?: number
  readonly engine?: string
  readonly detach?: true
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
    const ids = queueExperiment(
      store,
      relative(dirname(store.dir), resolve(file)).replaceAll('\\', '/'),
      withOptions(checked, options),
    )
    const plan = checked.sweep
    const sweepId = plan === null ? null : (store.run(ids[0])?.sweepId ?? null)
    const launched = await ensureTrainingServer(store)
    if (launched.kind === 'refused') {
      fail(exitFailed, launched.message)
      return
    }
    if (options.detach) say(l10n.t('Queued as run {0}. See it with: triplet-lab show {0}', ids.join(', ')))
    else if (sweepId !== null && plan !== null) await followSweep(store, sweepId, plan)
    else await follow(store, ids)
    if (sweepId !== null && plan !== null) reportSweep(store, sweepId, plan, options)
    else report(store, ids, options)
  })
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

/** Best first. A sweep went well when one of its runs did; those that it stopped early are no failures. */
function reportSweep(store: Store, sweepId: number, plan: SweepPlan, options: TrainOptions): void {
  const runs = ranked(store.runs({ sweepId }), plan)
  const sweep = store.sweep(sweepId)
  const { metric, goal, method } = plan
  if (options.json)
    printJson({
      store: store.dir,
      sweep: { id: sweepId, status: sweep?.status ?? null, message: sweep?.message ?? null, method, metric, goal },
      runs: runs.map(brief),
    })
  else if (sweep?.message) say(sweep.message)
  const fine = options.detach === true || (sweep?.status === 'done' && runs.some(run => run.status === 'done'))
  process.exitCode = fine ? exitDone : exitFailed
}

function report(store: Store, ids: readonly number[], options: TrainOptions): void {
  const runs = ids.flatMap(id => store.run(id) ?? [])
  if (options.json) printJson({ store: store.dir, runs: runs.map(brief) })
  const good = options.detach ? new Set(['queued', 'running', 'done']) : new Set(['done'])
  process.exitCode = runs.length === ids.length && runs.every(run => good.has(run.status)) ? exitDone : exitFailed
}

/** What a script wants to know of a run: no spec, results by metric. */
function brief({
  id,
  name,
  experiment,
  status,
  message,
  engine,
  epoch,
  epochs,
  step,
  steps,
  started,
  ended,
  ...run
}: RunRow) {
  return {
    id,
    name,
    experiment,
    status,
    message,
    engine,
    epoch,
    epochs,
    step,
    steps,
    seconds: started === null || ended === null ? null : (ended - started) / 1000,
    metrics: run.summaries,
  }
}

/** `triplet-lab sweep FILE`: as `train`, for a file that gives several values somewhere. */
export async function sweep(file: string, options: TrainOptions): Promise<void> {
  const checked = await readExperiment(file)
  if (!checked) return
  if (!hasErrors(checked.problems) && checked.sweep === null) {
    fail(
      exitWrongInput,
      l10n.t('{0} sweeps nothing: write "margin": { "values": [0.1, 0.2, 0.5] }, for instance.', file),
    )
    return
  }
  await train(file, options)
}
