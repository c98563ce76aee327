/** The horizontal axis: from steps to epochs or hours, and how a position on it reads. */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import type { CurveAxis } from '../../protocol/panel.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { axisNumber, count, duration } from '../../protocol/words.ts'
import type { PlacingAxis } from '../charts/placedCurves.ts'
import type { Clock } from '../data/clock.ts'

export interface Axis extends PlacingAxis {
  /** A step at about this position; inverse of `of`. */
  readonly stepAt: (position: number) => number
  readonly tick: (position: number) => string
  readonly describe: (position: number) => string
}

export function axisFor(kind: CurveAxis, run: Pick<RunRow, 'steps' | 'epochs'>, clock: Clock): Axis {
  switch (kind) {
    case 'step':
      return {
        key: 'step',
        of: step => step,
        stepAt: position => position,
        // There is nothing between two steps.
        tick: position => (Number.isInteger(position) ? count(position) : ''),
        describe: position => l10n.t('step {0}', count(position)),
      }
    case 'epoch': {
      const stepsPerEpoch = run.steps > 0 && run.epochs > 0 ? run.steps / run.epochs : 1
      return {
        key: `epoch ${stepsPerEpoch}`,
        of: step => step / stepsPerEpoch,
        stepAt: position => position * stepsPerEpoch,
        tick: axisNumber,
        describe: position => l10n.t('epoch {0}', position.toFixed(2)),
      }
    }
    case 'time':
      return {
        key: `time ${clock.version}`,
        of: step => clock.timeOf(step),
        stepAt: position => clock.stepAt(position),
        // Between two whole seconds the same time would stand twice.
        tick: position => (position % 1000 === 0 ? duration(position) : ''),
        describe: duration,
      }
    default:
      return assertNever(kind)
  }
}
