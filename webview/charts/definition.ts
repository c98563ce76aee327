/** What a chart over steps shows: lines, bands between two percentiles, or shares of a whole. */
import type { ColorName } from './theme.ts'

export type Layer =
  | {
      readonly kind: 'line'
      readonly metric: string
      readonly color: ColorName
      /** Also drawn bold after smoothing; the raw line stays, thin. */
      readonly smoothed: boolean
    }
  | { readonly kind: 'band'; readonly low: string; readonly high: string; readonly color: ColorName }
  | { readonly kind: 'shares'; readonly parts: readonly { readonly metric: string; readonly color: ColorName }[] }

export interface ChartDefinition {
  readonly id: string
  readonly layers: readonly Layer[]
  /** Fixed ends of the value axis; without them it follows the values. */
  readonly bottom?: number
  readonly top?: number
  /** Values are shares, shown in percent. */
  readonly percent?: boolean
  /** The margin α as a level line. */
  readonly marginLine?: boolean
}

/** Ids of all metrics that a chart needs. */
export function metricsOf(definition: ChartDefinition): string[] {
  return definition.layers.flatMap(layer => {
    switch (layer.kind) {
      case 'line':
        return [layer.metric]
      case 'band':
        return [layer.low, layer.high]
      default:
        return layer.parts.map(part => part.metric)
    }
  })
}

export const lossChart: ChartDefinition = {
  id: 'loss',
  layers: [{ kind: 'line', metric: 'loss', color: 'loss', smoothed: true }],
  bottom: 0,
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
