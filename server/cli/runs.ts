import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { ClassesDetail } from '../../protocol/details.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Store } from '../store/store.ts'
import { lastValue } from './lastValue.ts'
import type { RunOrder } from '../../protocol/runOrder.ts'
import { chosenRuns } from './chooseRuns.ts'
import { exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'
import { columns, print } from './text.ts'
import { duration } from './progress.ts'

const shown = ['loss', 'test/recallAt1', 'test/mapAtR']

export interface ListOptions extends CommonOptions {
  readonly limit: number
  readonly filter?: string
  readonly sort: RunOrder
  readonly metric: string
  readonly archived?: true
}

/** `triplet-lab runs`: those that pass the filter, newest first or as asked. */
export async function listRuns(options: ListOptions): Promise<void> {
  await withStore(options.store, false, store => {
    const found = chosenRuns(store, options.filter, { ...options, metrics: options.json ? null : shown })
    if (found === null) return
    const runs = found.slice(0, options.limit)
    if (options.json) {
      printJson({ store: store.dir, runs })
      return
    }
    const header = [
      '#',
      l10n.t('status'),
      l10n.t('epoch'),
      l10n.t('loss'),
      'R@1',
      'MAP@R',
      l10n.t('name'),
      l10n.t('file'),
    ]
    print(columns([header, ...runs.map(row)]))
    if (found.length > runs.length) say(l10n.t('{0} more; --limit N shows more of them.', found.length - runs.length))
  })
}

function row(run: RunRow): string[] {
  const { id, status, epoch, epochs, name, experiment } = run
  const loss = lastValue(run, 'loss')
  return [
    String(id),
    status,
    `${epoch}/${epochs}`,
    loss === undefined ? '' : loss.toPrecision(3),
    percent(lastValue(run, 'test/recallAt1')),
    percent(lastValue(run, 'test/mapAtR')),
    name,
    experiment,
  ]
}

const percent = (share: number | undefined) => (share === undefined ? '' : `${(100 * share).toFixed(1)} %`)

/** `triplet-lab show RUN`. */
export async function showRun(runId: number, options: CommonOptions): Promise<void> {
  await withStore(options.store, false, store => {
    const run = store.run(runId)
    if (!run) {
      fail(exitWrongInput, l10n.t('There is no run {0}. triplet-lab runs lists them.', runId))
      return
    }
    const record = store.record(runId)
    const events = store.events(runId)
    const classes = classesOf(store, runId)
    if (options.json) {
      printJson({ run, record, events, classes })
      return
    }
    const took = run.started === null ? null : ((run.ended ?? Date.now()) - run.started) / 1000
    print([
      `${l10n.t('run {0}', run.id)}  ${run.name}  ${run.status}${took === null ? '' : `  ${duration(took)}`}`,
      ...(run.message === null ? [] : [run.message]),
      `${run.experiment}  ${run.engine ?? ''}  ${run.epoch}/${run.epochs}  ${run.step}/${run.steps}`,
      '',
      ...columns([
        [l10n.t('metric'), l10n.t('last'), l10n.t('smallest'), l10n.t('largest')],
        ...Object.entries(run.summaries).map(([metric, { last, min, max }]) => [
          metric,
          ...[last, min, max].map(value => value.toPrecision(4)),
        ]),
      ]),
      ...(classes === null ? [] : ['', ...weakest(classes)]),
      '',
      ...events.map(event => `${new Date(event.time).toLocaleTimeString()}  ${event.message}`),
      '',
      JSON.stringify(run.spec, null, 2),
    ])
  })
}

/** How well each held-out class was retrieved when that was last kept; `null` before the first evaluation. */
function classesOf(store: Store, runId: number): ClassesDetail | null {
  const found = store.detail(runId, 'classes')
  return found && v.parse(ClassesDetail, JSON.parse(Buffer.from(found.data).toString('utf8')))
}

const weakestShown = 5

function weakest({ epoch, classes }: ClassesDetail): string[] {
  return columns([
    [l10n.t('weakest classes at epoch {0}', epoch), l10n.t('pictures'), 'R@1', 'MAP@R'],
    ...classes
      .slice(0, weakestShown)
      .map(({ name, queries, recallAt1, mapAtR }) => [name, String(queries), percent(recallAt1), percent(mapAtR)]),
  ])
}
