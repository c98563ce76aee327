/** docs/results.md, from the studies and the figures that there are. */
import { assertNever } from '../../protocol/assertNever.ts'
import { metrics } from '../../server/catalog/metrics.ts'
import { confidenceInterval, type ConfidenceInterval } from '../../server/core/metrics/confidence.ts'
import type { Figure } from './figures.ts'
import type { Experiment, Study } from './studies.ts'

/** A row with the figures of those of its seeds that were run. */
export interface RowFigures {
  readonly name: string
  readonly experiment: string | Experiment | null
  readonly seeds: number
  readonly figures: readonly Figure[]
}

export interface StudyFigures {
  readonly study: Study
  readonly raw: RowFigures
  readonly rows: readonly RowFigures[]
}

export function resultsPage(studies: readonly StudyFigures[]): string {
  return [
    '# Results',
    '',
    'What Triplet Lab reaches, and which miner to choose. `npm run results` makes this page: it trains what is not yet in',
    '[results.json](results.json), where the figures of each finished run are kept; `npm run results -- --help` says how to',
    'run a part of it. Delete that file to run everything again.',
    '',
    'Every row is the mean over its seeds, ± half the 95 % interval by Student’s t; a seed chooses the held-out side as well as',
    'weights, batches and augmentation. All scores are those of the last epoch, not of the best one. “Raw pixels” compares the',
    'pictures themselves by cosine distance, on the same held-out sides. CPU time is that of all threads, evaluations among',
    'them: on two idle cores of the same machine a run takes about half of it.',
    ...studies.flatMap(section),
    '',
  ].join('\n')
}

function section({ study, raw, rows }: StudyFigures): string[] {
  const head = ['', `## ${study.title}`, '', study.about, '']
  switch (study.kind) {
    case 'recipes':
      return [
        ...head,
        ...table(study, 'recipe', [raw, ...rows]),
        ...processors([raw, ...rows]),
        ...rows.flatMap(({ name, experiment }) => settings(name, experiment)),
      ]
    case 'miners':
      return [
        ...head,
        ...table(study, 'miner', [...byScore(study, rows), raw]),
        '',
        verdict(study, rows),
        ...settings('Settings', withoutMiner(rows[0].experiment)),
      ]
    default:
      return assertNever(study.kind)
  }
}

function table(study: Study, first: string, rows: readonly RowFigures[]): string[] {
  const head = [first, ...study.metrics.map(id => metrics[id].title), 'epochs', 'seeds', 'CPU time']
  return [
    line(head),
    line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(({ name, figures, seeds }) => {
      return line([
        name + remark(figures),
        ...study.metrics.map(id => percent(interval(figures, id))),
        epochs(figures),
        figures.length === seeds ? String(seeds) : `${figures.length} of ${seeds}`,
        duration(figures.map(figure => figure.cpuSeconds)),
      ])
    }),
  ]
}

/** Whose time a column holds, where it is not that of one processor. */
function processors(rows: readonly RowFigures[]): string[] {
  const rowsOf = Map.groupBy(
    rows.flatMap(({ name, figures }) => figures.map(({ processor }) => ({ name, processor }))),
    ({ processor }) => processor,
  )
  if (rowsOf.size < 2) return []
  const each = [...rowsOf].map(
    ([processor, its]) => `${list([...new Set(its.map(({ name }) => name))])} on ${processor}`,
  )
  return ['', `CPU time was taken on several machines: ${each.join('; ')}.`]
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

function remark(figures: readonly Figure[]): string {
  return (['collapsed', 'diverged'] as const)
    .map(outcome => ({ outcome, count: figures.filter(figure => figure.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => ` (${outcome}${count === figures.length ? '' : `: ${count} of ${figures.length}`})`)
    .join('')
}

/** `null` when no seed has been run. */
function interval(figures: readonly Figure[], id: string): ConfidenceInterval | null {
  const values = figures.filter(figure => id in figure.values).map(figure => figure.values[id])
  return values.length === 0 ? null : confidenceInterval(values)
}

function percent(of: ConfidenceInterval | null): string {
  if (of === null) return '–'
  const share = (x: number) => (100 * x).toFixed(1)
  return of.count === 1 ? `${share(of.mean)} %` : `${share(of.mean)} ± ${share(of.halfWidth)} %`
}

function epochs(figures: readonly Figure[]): string {
  const trained = figures.at(0)?.epochs ?? 0
  return trained === 0 ? '' : String(trained)
}

function duration(seconds: readonly number[]): string {
  if (seconds.length === 0) return '–'
  const mean = seconds.reduce((sum, x) => sum + x, 0) / seconds.length
  return mean < 90 ? `${Math.round(mean)} s` : `${(mean / 60).toFixed(1)} min`
}

function score(study: Study, { figures }: RowFigures): number {
  return interval(figures, study.metrics[0])?.mean ?? -1
}

function byScore(study: Study, rows: readonly RowFigures[]): RowFigures[] {
  return rows.toSorted((a, b) => score(study, b) - score(study, a))
}

/** What the table means, in a sentence that changes with it. */
function verdict(study: Study, rows: readonly RowFigures[]): string {
  const ranked = byScore(study, rows).filter(row => row.figures.length > 0)
  if (ranked.length === 0) return 'Not run yet.'
  const [best, ...others] = ranked
  const of = interval(best.figures, study.metrics[0])
  const floor = of === null || of.count === 1 ? 1 : of.mean - of.halfWidth
  const asGood = others.filter(row => score(study, row) >= floor).map(row => row.name)
  const fallen = rows.filter(row => row.figures.some(figure => figure.outcome !== 'done')).map(row => row.name)
  return [
    `Highest here: **${best.name}**${asGood.length > 0 ? `; within its interval: ${list(asGood)}` : ''}.`,
    ...(fallen.length > 0 ? [`Collapsed in at least one run: ${list(fallen)}.`] : []),
  ].join(' ')
}

const list = (names: readonly string[]) => names.join(', ')

function withoutMiner(experiment: string | Experiment | null): string | Experiment | null {
  if (experiment === null || typeof experiment === 'string') return experiment
  return Object.fromEntries(Object.entries(experiment).filter(([key]) => key !== 'mining'))
}

function settings(name: string, experiment: string | Experiment | null): string[] {
  if (experiment === null) return []
  if (typeof experiment === 'string') return ['', `${name}: [${experiment}](../${experiment}).`]
  return [
    '',
    '<details>',
    `<summary>${name}</summary>`,
    '',
    '```json',
    JSON.stringify(experiment, null, 2),
    '```',
    '',
    '</details>',
  ]
}
