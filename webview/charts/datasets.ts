/** Chart.js datasets of a definition's layers. */
import type { ChartDataset } from 'chart.js'
import { assertNever } from '../../protocol/assertNever.ts'
import type { Curve } from '../data/curve.ts'
import type { ChartDefinition, Layer } from './definition.ts'
import { cutAtGaps, type Gap, linePoints, type Placed, type Point, stackedShares, type Window } from './layers.ts'
import type { PlacedCurves, PlacingAxis } from './placedCurves.ts'
import type { Theme } from './theme.ts'
import { withAlpha } from './theme.ts'

export type Dataset = ChartDataset<'line', Point[]>

export interface Drawing {
  /** The stretch in view as exactly as it is known. */
  readonly curves: ReadonlyMap<string, Curve>
  /** The whole run: smoothed lines are the same however near one looks. */
  readonly whole: ReadonlyMap<string, Curve>
  readonly placedCurves: PlacedCurves
  readonly axisOf: (metric: string) => PlacingAxis
  /** Lines do not cross these stretches of the axis. */
  readonly gaps: readonly Gap[]
  readonly view: Window
  readonly logY: boolean
  readonly smoothing: number
  /** α, where it does not change over the run's steps. */
  readonly margin: number
  readonly hidden: ReadonlySet<string>
  readonly theme: Theme
}

export function datasetsOf(definition: ChartDefinition, drawing: Drawing): Dataset[] {
  const { curves, whole, placedCurves, axisOf, smoothing } = drawing
  const curveOf = (metric: string, from = curves): Curve | undefined => {
    const curve = from.get(metric)
    return curve === undefined || curve.length === 0 ? undefined : curve
  }
  const source: Source = {
    raw: metric => {
      const curve = curveOf(metric)
      return curve && placedCurves.placed(curve, axisOf(metric))
    },
    means: metric => {
      const curve = curveOf(metric)
      return curve && placedCurves.means(curve, axisOf(metric))
    },
    smoothed: metric => {
      const curve = curveOf(metric, smoothing === 0 ? curves : whole)
      return curve && placedCurves.smoothed(curve, axisOf(metric), smoothing)
    },
  }
  return definition.layers.flatMap(layer => layerDatasets(layer, source, drawing))
}

interface Source {
  readonly raw: (metric: string) => Placed | undefined
  readonly means: (metric: string) => Placed | undefined
  readonly smoothed: (metric: string) => Placed | undefined
}

function layerDatasets(
  layer: Layer,
  source: Source,
  { view, logY, smoothing, margin, hidden, gaps, theme }: Drawing,
): Dataset[] {
  const line = (label: string, points: Point[], borderColor: string, borderWidth: number): Dataset => ({
    label,
    data: cutAtGaps(points, gaps),
    borderColor,
    borderWidth,
    pointRadius: 0,
    fill: false,
  })
  switch (layer.kind) {
    case 'line': {
      const placed = source.raw(layer.metric)
      const calm = source.smoothed(layer.metric)
      if (placed === undefined || calm === undefined || hidden.has(layer.metric)) return []
      const color = theme.color(layer.color)
      const isSmoothed = layer.smoothed === true && smoothing > 0 && placed.xs.length > 2
      const raw = line(
        layer.metric,
        linePoints(placed, view, logY),
        isSmoothed ? withAlpha(color, 0.4) : color,
        isSmoothed ? 1 : 1.75,
      )
      const strokes = [...(layer.dash ?? [])]
      if (!isSmoothed) raw.borderDash = strokes
      // A single point is no line: it shows as a dot.
      if (layer.dots === true || placed.xs.length === 1) {
        raw.pointRadius = placed.xs.length > 60 ? 0 : 2.5
        raw.pointBackgroundColor = color
      }
      if (!isSmoothed) return [raw]
      const smooth = line(`${layer.metric} smoothed`, linePoints(calm, half(view), logY), color, 2.25)
      smooth.borderDash = strokes
      return [raw, smooth]
    }
    case 'band': {
      const low = source.smoothed(layer.low)
      const high = source.smoothed(layer.high)
      if (low === undefined || high === undefined || hidden.has(bandOwner(layer.low))) return []
      const color = theme.color(layer.color)
      const edge = withAlpha(color, 0.5)
      const bottom = line(layer.low, linePoints(low, half(view), logY), edge, 1)
      const top = line(layer.high, linePoints(high, half(view), logY), edge, 1)
      top.fill = '-1'
      top.backgroundColor = withAlpha(color, 0.22)
      return [bottom, top]
    }
    case 'plusMargin': {
      const mean = source.smoothed(layer.metric)
      if (mean === undefined || hidden.has(layer.metric) || hidden.has('margin')) return []
      const raised = plusMargin(mean, source.raw('margin'), margin)
      const dashed = line(`${layer.metric} + α`, linePoints(raised, half(view), logY), theme.color(layer.color), 1.5)
      dashed.borderDash = [5, 4]
      return [dashed]
    }
    case 'shares': {
      const parts = layer.parts.flatMap(part => {
        const one = source.means(part.metric)
        return one === undefined ? [] : [{ part, placed: one }]
      })
      if (parts.length < layer.parts.length) return []
      const tops = stackedShares(
        parts.map(one => one.placed),
        view,
      )
      return tops.map((points, i) => {
        const color = theme.color(parts[i].part.color)
        const area = line(parts[i].part.metric, points, theme.highContrast ? theme.foreground : color, 1)
        area.fill = i === 0 ? 'origin' : '-1'
        area.backgroundColor = withAlpha(color, 0.75)
        return area
      })
    }
    default:
      return assertNever(layer)
  }
}

/** Smooth lines need fewer points than there are pixels. */
const half = (view: Window): Window => ({ ...view, pixels: view.pixels / 2 })

function plusMargin(mean: Placed, margins: Placed | undefined, margin: number): Placed {
  const values = Float64Array.from(mean.values)
  let at = 0
  for (let i = 0; i < values.length; i++) {
    while (margins !== undefined && at + 1 < margins.xs.length && margins.xs[at + 1] <= mean.xs[i]) at++
    values[i] += margins === undefined ? margin : margins.values[at]
  }
  return { ...mean, values }
}

/** A band goes with the line of its mean: `dApP10` with `dApMean`. */
function bandOwner(metric: string): string {
  return metric.replace(/P\d+$/, 'Mean')
}
