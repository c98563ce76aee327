/** What a chart over steps shows: lines, bands between two percentiles, or shares of a whole. */
import * as l10n from '@vscode/l10n'
import type { ColorName } from './theme.ts'

export type Layer =
  | {
      readonly kind: 'line'
      readonly metric: string
      readonly color: ColorName
      /** Also drawn bold after smoothing; the raw line stays, thin. */
      readonly smoothed?: boolean
      /** One value an epoch and not one a step: each is a dot. */
      readonly dots?: boolean
      /** Lengths of strokes and gaps, where several lines share a colour. */
      readonly dash?: readonly number[]
    }
  | { readonly kind: 'band'; readonly low: string; readonly high: string; readonly color: ColorName }
  /** A dashed line where `metric` plus the margin is. */
  | { readonly kind: 'plusMargin'; readonly metric: string; readonly color: ColorName }
  | { readonly kind: 'shares'; readonly parts: readonly { readonly metric: string; readonly color: ColorName }[] }

export interface ChartDefinition {
  readonly id: string
  readonly layers: readonly Layer[]
  /** Fixed ends of the value axis; without them it follows the values. */
  readonly bottom?: number
  readonly top?: number
  /** Values are shares, shown in percent. */
  readonly percent?: boolean
  /** Whether a logarithmic value axis makes sense. */
  readonly logarithmic?: boolean
  /** Small: events stand as lines without their names. */
  readonly small?: boolean
}

/** Ids of all metrics that a chart needs. */
export function metricsOf(definition: ChartDefinition): string[] {
  return definition.layers.flatMap(layer => {
    switch (layer.kind) {
      case 'line':
        return [layer.metric]
      case 'band':
        return [layer.low, layer.high]
      case 'plusMargin':
        return []
      case 'shares':
        return layer.parts.map(part => part.metric)
    }
  })
}

/** What the legend lists: one entry for each thing seen, a band being one. */
export function legendOf(definition: ChartDefinition): { readonly metric: string; readonly color: ColorName }[] {
  return definition.layers.flatMap(layer => {
    switch (layer.kind) {
      case 'line':
        return [{ metric: layer.metric, color: layer.color }]
      case 'shares':
        return layer.parts
      case 'plusMargin':
        return [{ metric: 'margin', color: layer.color }]
      case 'band':
        return []
    }
  })
}

export const lossChart: ChartDefinition = {
  id: 'loss',
  layers: [
    { kind: 'line', metric: 'loss', color: 'loss', smoothed: true },
    { kind: 'line', metric: 'test/loss', color: 'run2', dots: true },
  ],
  bottom: 0,
  logarithmic: true,
}

export const difficultyChart: ChartDefinition = {
  id: 'difficulty',
  layers: [
    {
      kind: 'shares',
      parts: [
        { metric: 'hard', color: 'hard' },
        { metric: 'semiHard', color: 'semiHard' },
        { metric: 'easy', color: 'easy' },
      ],
    },
  ],
  bottom: 0,
  top: 1,
  percent: true,
}

export const distancesChart: ChartDefinition = {
  id: 'distances',
  layers: [
    { kind: 'band', low: 'dAnP10', high: 'dAnP90', color: 'negative' },
    { kind: 'band', low: 'dApP10', high: 'dApP90', color: 'positive' },
    { kind: 'plusMargin', metric: 'dApMean', color: 'margin' },
    { kind: 'line', metric: 'dApMean', color: 'positive', smoothed: true },
    { kind: 'line', metric: 'dAnMean', color: 'negative', smoothed: true },
  ],
  bottom: 0,
  logarithmic: true,
}

export const retrievalChart: ChartDefinition = {
  id: 'retrieval',
  layers: [
    { kind: 'line', metric: 'test/recallAt1', color: 'run1', dots: true },
    { kind: 'line', metric: 'test/recallAt4', color: 'run6', dots: true },
    { kind: 'line', metric: 'test/mapAtR', color: 'run2', dots: true },
    { kind: 'line', metric: 'test/rPrecision', color: 'run4', dots: true },
    { kind: 'line', metric: 'test/rocAuc', color: 'run3', dots: true },
  ],
}

/** Curves that explain the others when something is odd. */
export const activeChart: ChartDefinition = {
  id: 'active',
  layers: [
    { kind: 'line', metric: 'activeFraction', color: 'semiHard', smoothed: true },
    { kind: 'line', metric: 'test/activeFraction', color: 'run2', dots: true },
  ],
  percent: true,
  bottom: 0,
  logarithmic: true,
}

/** Curves that explain the others when something is odd. */
export const furtherCharts: readonly ChartDefinition[] = [
  further('gradient', 'gradientNorm', 'run2'),
  further('variance', 'embeddingVariance', 'run4'),
  further('norm', 'embeddingNorm', 'run6'),
  further('rate', 'learningRate', 'run3'),
  further('margin', 'margin', 'margin'),
  further('mined', 'minedTriplets', 'run5'),
  further('speed', 'imagesPerSecond', 'run8'),
  further('memory', 'memory', 'run4'),
]

function further(id: string, metric: string, color: ColorName): ChartDefinition {
  // What is set, or measured now and then, has nothing to be smoothed.
  const isSet = metric === 'learningRate' || metric === 'margin' || metric === 'memory'
  return { id, layers: [{ kind: 'line', metric, color, smoothed: !isSet }], bottom: 0, logarithmic: true, small: true }
}

export const mainCharts: readonly ChartDefinition[] = [
  lossChart,
  difficultyChart,
  distancesChart,
  retrievalChart,
  activeChart,
]

export function chartTitle(definition: ChartDefinition): string {
  switch (definition.id) {
    case 'loss':
      return l10n.t('Loss')
    case 'difficulty':
      return l10n.t('Triplet difficulty')
    case 'distances':
      return l10n.t('Distances')
    case 'retrieval':
      return l10n.t('Retrieval of unseen classes')
    case 'active':
      return l10n.t('Triplets that violate the margin')
    case 'gradient':
      return l10n.t('Gradient norm')
    case 'variance':
      return l10n.t('Embedding variance')
    case 'norm':
      return l10n.t('Embedding norm')
    case 'rate':
      return l10n.t('Learning rate')
    case 'margin':
      return l10n.t('Margin α')
    case 'mined':
      return l10n.t('Mined triplets')
    case 'speed':
      return l10n.t('Images per second')
    case 'memory':
      return l10n.t('Memory of the trainer, MB')
    default:
      return definition.id
  }
}
