/** A sweep when it has ended, for people and for scripts. */
import * as l10n from '@vscode/l10n'
import { metricName, metricValue } from '../../protocol/words.ts'
import { describeSweep } from '../sweeps/describe.ts'
import type { Store } from '../store/store.ts'
import { brief } from './brief.ts'
import { exitDone, exitFailed, printJson, say, type CommonOptions } from './output.ts'
import { repeatsLine, repeatsOf } from './repeats.ts'
import { rankedTrials } from './sweep.ts'

/** Best first. A sweep went well when one of its runs did; those that it stopped early are no failures. */
export function reportSweep(store: Store, sweepId: number, options: CommonOptions & { readonly detach?: true }): void {
  const described = describeSweep(store, sweepId)
  if (described === null) return
  const { sweep } = described
  const trials = rankedTrials(store, described)
  const best = trials.find(one => one.best !== null)
  const repeats = repeatsOf(trials, sweep.goal)
  if (options.json) {
    const { id, status, message, method, metric, goal, axes } = sweep
    printJson({
      store: store.dir,
      sweep: { id, status, message, method, metric, goal, axes: axes.map(axis => axis.path) },
      best: best === undefined ? null : { run: best.run.id, value: best.best, values: best.trial.values },
      runs: trials.map(({ run, trial: { number, repeat, values, retries, stoppedEarly } }) => ({
        ...brief(run),
        ...{ combination: number, repeat, values, retries, stoppedEarly },
      })),
      repeats,
    })
  } else if (sweep.message !== null) say(sweep.message)
  else if (best !== undefined && !options.detach)
    say(
      l10n.t(
        'Best: {0} {1}, run {2}, {3}',
        metricName(sweep.metric),
        metricValue(sweep.metric, best.best ?? NaN),
        best.run.id,
        best.run.name,
      ),
    )
  if (!options.json) for (const one of repeats) say(repeatsLine(one, sweep.metric))
  const fine = options.detach === true || (sweep.status === 'done' && trials.some(({ run }) => run.status === 'done'))
  process.exitCode = fine ? exitDone : exitFailed
}
