/** One line that says how the run is doing, in words. */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import { type RunEvent, type RunEventKind, type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import { count, percent } from '../../protocol/words.ts'
import type { PanelModel } from './model.ts'

export interface StatusLine {
  readonly mood: 'good' | 'plain' | 'bad'
  readonly text: string
}

export function statusLine(model: PanelModel): StatusLine {
  const { run } = model
  if (run === undefined) return { mood: 'plain', text: '' }
  const event = weightiest(model.events)
  switch (run.status) {
    case 'queued':
      return { mood: 'plain', text: l10n.t('Waiting for its turn.') }
    case 'running':
      return event === undefined ? learning(model) : { mood: 'bad', text: event.message }
    case 'paused':
      return { mood: 'plain', text: l10n.t('Paused at step {0}. Resume goes on from there.', count(run.step)) }
    case 'interrupted':
      return {
        mood: 'bad',
        text: run.message ?? l10n.t('Interrupted at step {0}. It goes on from its last checkpoint.', count(run.step)),
      }
    case 'done':
    case 'stopped':
      return event === undefined ? ended(run) : { mood: 'bad', text: event.message }
    case 'failed':
    case 'diverged':
      return { mood: 'bad', text: run.message ?? event?.message ?? l10n.t('The run ended without saying why.') }
    default:
      return assertNever(run.status)
  }
}

const findings: ReadonlySet<RunEventKind> = new Set(['collapsed', 'diverged', 'health'])

/** The latest finding that asks for something, unless the run was taken up again after it. */
function weightiest(events: readonly RunEvent[]): RunEvent | undefined {
  return events.findLast(event => findings.has(event.kind))
}

function learning(model: PanelModel): StatusLine {
  const active = model.last('activeFraction')
  if (active === undefined) return { mood: 'plain', text: l10n.t('Loading the pictures and building the network.') }
  return {
    mood: 'good',
    text: l10n.t('Learning. {0} of the triplets still violate the margin.', percent(active)),
  }
}

function ended(run: RunRow): StatusLine {
  const score = summaryOf(run, 'test/recallAt1')
  const steps = count(run.step)
  const text =
    run.status === 'done'
      ? l10n.t('Done after {0} steps.', steps)
      : (run.message ?? l10n.t('Stopped at step {0}.', steps))
  if (score === undefined) return { mood: 'plain', text }
  const found = l10n.t(
    'For {0} of the unseen pictures the nearest neighbour is of the same class.',
    percent(score.last),
  )
  return { mood: run.status === 'done' ? 'good' : 'plain', text: `${text} ${found}` }
}
