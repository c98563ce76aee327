import * as l10n from '@vscode/l10n'
import { endedStatuses, type RunWish } from '../../protocol/runEvent.ts'
import { ensureTrainingServer } from '../launch.ts'
import { requestWish } from '../queues/local.ts'
import { exitFailed, exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'

/** `triplet-lab stop|pause|resume RUN`. */
export async function wishRun(runId: number, wish: RunWish, options: CommonOptions): Promise<void> {
  await withStore(options.store, false, async store => {
    const before = store.run(runId)
    const run = requestWish(store, runId, wish)
    if (!before || !run) {
      fail(exitWrongInput, l10n.t('There is no run {0}. triplet-lab runs lists them.', runId))
      return
    }
    const launched = await ensureTrainingServer(store)
    if (launched.kind === 'refused') {
      fail(exitFailed, launched.message)
      return
    }
    if (options.json) printJson({ id: runId, status: run.status, wish: run.wish })
    else if (endedStatuses.has(before.status) && endedStatuses.has(run.status))
      say(l10n.t('Run {0} has ended already ({1}).', runId, run.status))
    else say(said(runId, wish))
  })
}

function said(runId: number, wish: RunWish): string {
  switch (wish) {
    case 'run':
      return l10n.t('Run {0} goes on.', runId)
    case 'pause':
      return l10n.t('Run {0} pauses after its current batch.', runId)
    case 'stop':
      return l10n.t('Run {0} stops after its current batch.', runId)
  }
}
