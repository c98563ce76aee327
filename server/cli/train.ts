import * as l10n from '@vscode/l10n'
import { dirname, relative, resolve } from 'node:path'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { ensureTrainingServer } from '../launch.ts'
import { queueExperiment } from '../queueExperiment.ts'
import type { Store } from '../store/store.ts'
import { hasErrors, readExperiment, sayProblems } from './experimentFile.ts'
import { follow } from './follow.ts'
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
      checked.runs.map(run => ({ ...run, spec: overridden(run.spec, options) })),
    )
    const launched = await ensureTrainingServer(store)
    if (launched.kind === 'refused') {
      fail(exitFailed, launched.message)
      return
    }
    if (options.detach) say(l10n.t('Queued as run {0}. See it with: triplet-lab show {0}', ids.join(', ')))
    else await follow(store, ids)
    report(store, ids, options)
  })
}

function overridden(spec: RunSpec, { epochs, seed, engine }: TrainOptions): RunSpec {
  return { ...spec, epochs: epochs ?? spec.epochs, seed: seed ?? spec.seed, engine: engine ?? spec.engine }
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
