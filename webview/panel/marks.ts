/** Which events stand on the curves, and how they are called there. */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import type { RunEvent, RunEventKind } from '../../protocol/runEvent.ts'
import type { Mark } from '../charts/overlay.ts'

/** @param axisOf where a step stands on the axis */
export function eventMarks(events: readonly RunEvent[], axisOf: (step: number) => number = step => step): Mark[] {
  return events.flatMap(event => {
    const label = markLabel(event.kind)
    return label === undefined ? [] : [{ x: axisOf(event.step), label, strong: strong.has(event.kind) }]
  })
}

const strong: ReadonlySet<RunEventKind> = new Set(['collapsed', 'diverged', 'interrupted', 'failed'])

/** `undefined`: not on the curve, only in the log. */
function markLabel(kind: RunEventKind): string | undefined {
  switch (kind) {
    case 'resumed':
      return l10n.t('resumed')
    case 'paused':
      return l10n.t('paused')
    case 'interrupted':
      return l10n.t('interrupted')
    case 'miner':
      return l10n.t('miner')
    case 'margin':
      return 'α'
    case 'collapsed':
      return l10n.t('collapsed')
    case 'diverged':
      return l10n.t('diverged')
    case 'stopped':
      return l10n.t('stopped')
    case 'failed':
      return l10n.t('failed')
    case 'started':
    case 'epoch':
    case 'evaluated':
    case 'health':
    case 'done':
    case 'warning':
      return undefined
    default:
      return assertNever(kind)
  }
}
