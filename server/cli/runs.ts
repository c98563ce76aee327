import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { ClassesDetail } from '../../protocol/details.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Store } from '../store/store.ts'
import { lastValue } from './lastValue.ts'
import { exitWrongInput, fail, printJson, withStore, type CommonOptions } from './output.ts'
import { duration } from './progress.ts'

const shown = ['loss', 'test/recallAt1', 'test/mapAtR']

/** `triplet-lab runs`: newest first. */
export async function listRuns(options: CommonOptions & { readonly limit: number }): Promise<void> {
  await withStore(options.store, false, store => {
    if (options.json) {
      printJson({ store: store.dir, runs: store.runs({ limit: options.limit }) })
      return
    }
    const runs = store.runs({ limit: options.limit, metrics: shown })
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

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(cells => (cells[column] ?? '').length)))
  return rows.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}

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
