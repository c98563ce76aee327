/** The charts of several runs: one for each metric, one line for each run. */
import * as l10n from '@vscode/l10n'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { ChartDefinition } from '../charts/definition.ts'
import { curveKey } from './model.ts'

interface GroupChart {
  readonly metric: string
  readonly title: () => string
  readonly percent?: boolean
}

const charts: readonly GroupChart[] = [
  { metric: 'loss', title: () => l10n.t('Loss') },
  { metric: 'test/loss', title: () => l10n.t('Loss of held-out pictures') },
  { metric: 'test/recallAt1', title: () => l10n.t('R@1 of unseen pictures') },
  { metric: 'test/mapAtR', title: () => l10n.t('MAP@R of unseen pictures') },
  { metric: 'activeFraction', title: () => l10n.t('Triplets that violate the margin'), percent: true },
  { metric: 'semiHard', title: () => l10n.t('Semi-hard triplets'), percent: true },
  { metric: 'hard', title: () => l10n.t('Hard triplets'), percent: true },
  { metric: 'embeddingVariance', title: () => l10n.t('Embedding variance') },
  { metric: 'learningRate', title: () => l10n.t('Learning rate') },
]

export interface TitledChart {
  readonly title: string
  readonly metric: string
  readonly definition: ChartDefinition
}

/** Charts that at least one of the runs has values for. */
export function groupCharts(runs: readonly RunRow[], has: (key: string) => boolean): TitledChart[] {
  return charts
    .filter(({ metric }) => runs.some(run => has(curveKey(metric, run.id))))
    .map(({ metric, title, percent }) => ({
      title: title(),
      metric,
      definition: {
        id: metric.replace(/\W/g, '-'),
        layers: runs.map((run, i) => ({
          kind: 'line' as const,
          metric: curveKey(metric, run.id),
          color: runColor(run.id),
          dash: dashOf(runs, i),
          smoothed: !metric.startsWith('test/') && metric !== 'learningRate',
          dots: metric.startsWith('test/'),
        })),
        ...(metric.startsWith('test/') ? {} : { bottom: 0 }),
        percent: percent === true,
        logarithmic: true,
      },
    }))
}

const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]]

/** Runs that share a colour differ in their strokes. */
export function dashOf(runs: readonly Pick<RunRow, 'id'>[], at: number): readonly number[] {
  const color = runColor(runs[at].id)
  const before = runs.slice(0, at).filter(run => runColor(run.id) === color).length
  return dashes[before % dashes.length]
}
