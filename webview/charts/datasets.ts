/** Chart.js datasets of a definition's layers. */
import type { ChartDataset } from 'chart.js'
import { assertNever } from '../../protocol/assertNever.ts'
import type { Curve } from '../data/curve.ts'
import type { ChartDefinition, Layer } from './definition.ts'
import {
  type AxisOf,
  linePoints,
  place,
  type Placed,
  type Point,
  smoothed,
  stackedShares,
  type Window,
} from './layers.ts'
import type { Theme } from './theme.ts'
import { withAlpha } from './theme.ts'

export type Dataset = ChartDataset<'line', Point[]>

export interface Drawing {
  readonly curves: ReadonlyMap<string, Curve>
  readonly axisOf: AxisOf
  readonly view: Window
  readonly logY: boolean
  readonly smoothing: number
  /** α, where it does not change over the run's steps. */
  readonly margin: number
  readonly hidden: ReadonlySet<string>
  readonly theme: Theme
}

export function datasetsOf(definition: ChartDefinition, drawing: Drawing): Dataset[] {
  const placed = new Map<string, Placed>()
  const placedOf = (metric: string): Placed | undefined => {
    const curve = drawing.curves.get(metric)
    if (curve === undefined || curve.length === 0) return undefined
    let one = placed.get(metric)
    if (one === undefined) placed.set(metric, (one = place(curve, drawing.axisOf)))
    return one
  }
  return definition.layers.flatMap(layer => layerDatasets(layer, placedOf, drawing))
}

function layerDatasets(
  layer: Layer,
  placedOf: (metric: string) => Placed | undefined,
  { view, logY, smoothing, margin, hidden, theme }: Drawing,
): Dataset[] {
  switch (layer.kind) {
    case 'line': {
      const placed = placedOf(layer.metric)
      if (placed === undefined || hidden.has(layer.metric)) return []
      const color = theme.color(layer.color)
      const isSmoothed = layer.smoothed === true && smoothing > 0 && placed.xs.length > 2
      const raw = line(
        linePoints(placed, view, logY),
        isSmoothed ? withAlpha(color, 0.4) : color,
        isSmoothed ? 1 : 1.75,
      )
      // A single point is no line: it shows as a dot.
      if (layer.dots === true || placed.xs.length === 1) {
        raw.pointRadius = placed.xs.length > 60 ? 0 : 2.5
        raw.pointBackgroundColor = color
      }
      if (!isSmoothed) return [raw]
      return [raw, line(linePoints(smoothed(placed, smoothing), view, logY), color, 2.25)]
    }
    case 'band': {
      const low = placedOf(layer.low)
      const high = placedOf(layer.high)
      if (low === undefined || high === undefined || hidden.has(bandOwner(layer.low))) return []
      const color = theme.color(layer.color)
      const edge = withAlpha(color, 0.5)
      const bottom = line(linePoints(smoothed(low, smoothing), view, logY), edge, 1)
      const top = line(linePoints(smoothed(high, smoothing), view, logY), edge, 1)
      top.fill = '-1'
      top.backgroundColor = withAlpha(color, 0.22)
      return [bottom, top]
    }
    case 'plusMargin': {
      const placed = placedOf(layer.metric)
      if (placed === undefined || hidden.has(layer.metric)) return []
      const raised = smoothed(placed, smoothing)
      const margins = placedOf('margin')
      let at = 0
      for (let i = 0; i < raised.values.length; i++) {
        while (margins !== undefined && at + 1 < margins.xs.length && margins.xs[at + 1] <= raised.xs[i]) at++
        raised.values[i] += margins === undefined ? margin : margins.values[at]
      }
      const dashed = line(linePoints(raised, view, logY), theme.color(layer.color), 1.5)
      dashed.borderDash = [5, 4]
      return [dashed]
    }
    case 'shares': {
      const parts = layer.parts.flatMap(part => {
        const one = placedOf(part.metric)
        return one === undefined ? [] : [{ part, placed: one }]
      })
      if (parts.length < layer.parts.length) return []
      const tops = stackedShares(
        parts.map(one => one.placed),
        view,
      )
      return tops.map((points, i) => {
        const color = theme.color(parts[i].part.color)
        const area = line(points, theme.highContrast ? theme.foreground : color, 1)
        area.fill = i === 0 ? 'origin' : '-1'
        area.backgroundColor = withAlpha(color, 0.75)
        return area
      })
    }
    default:
      return assertNever(layer)
  }
}

/** A band goes with the line of its mean: `dApP10` with `dApMean`. */
function bandOwner(metric: string): string {
  return metric.replace(/P\d+$/, 'Mean')
}

function line(data: Point[], borderColor: string, borderWidth: number): Dataset {
  return { data, borderColor, borderWidth, pointRadius: 0, fill: false }
}
