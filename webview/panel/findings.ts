/**
 * How a run is doing, in one line, with the reason behind it and what to do about it. From what the trainer noticed
 * (collapse, divergence, idle miners) and from what the curves show (a plateau, room for more epochs).
 */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import type { Advice } from '../../protocol/panel.ts'
import { type RunEvent, type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import { count, percent, significant } from '../../protocol/words.ts'
import type { Curve } from '../data/curve.ts'
import { lately, sideOf } from '../data/lately.ts'
import type { PanelModel } from './model.ts'

export interface Finding {
  /** What was found, without its numbers: differs where something else is to be told. */
  readonly kind: string
  readonly mood: 'good' | 'plain' | 'bad'
  readonly text: string
  /** The reason, for who asks; empty when the text says it all. */
  readonly why: string
  readonly advice: readonly Advice[]
}

export function findingOf(model: PanelModel): Finding {
  const { run } = model
  if (run === undefined) return plain('none', '')
  const event = weightiest(model.events, run)
  switch (run.status) {
    case 'queued':
      return plain('queued', l10n.t('Waiting for its turn.'))
    case 'running':
      return event === undefined ? learning(model) : noticed(event, run)
    case 'paused':
      return plain('paused', l10n.t('Paused at step {0}. Resume goes on from there.', count(run.step)))
    case 'interrupted':
      return bad(
        'interrupted',
        run.message ?? l10n.t('Interrupted at step {0}. It goes on from its last checkpoint.', count(run.step)),
      )
    case 'done':
    case 'stopped':
      return event?.kind === 'collapsed' ? noticed(event, run) : ended(model, run)
    case 'failed':
      return bad('failed', run.message ?? l10n.t('The run ended without saying why.'))
    case 'diverged':
      return { ...bad('diverged', run.message ?? event?.message ?? ''), why: whyDiverged(), advice: ['lower-rate'] }
    default:
      return assertNever(run.status)
  }
}

const plain = (kind: string, text: string): Finding => ({ kind, mood: 'plain', text, why: '', advice: [] })
const bad = (kind: string, text: string): Finding => ({ kind, mood: 'bad', text, why: '', advice: [] })

/** The latest finding of the trainer; what was merely noticed is history a while later. */
function weightiest(events: readonly RunEvent[], run: RunRow): RunEvent | undefined {
  const found = events.findLast(({ kind }) => kind === 'collapsed' || kind === 'diverged' || kind === 'health')
  const lasts = Math.max(leastHealthSteps, run.steps / 10)
  return found?.kind === 'health' && run.step - found.step > lasts ? undefined : found
}

const leastHealthSteps = 100

function noticed(event: RunEvent, run: RunRow): Finding {
  // Each is told once: a second collapse is news.
  const kind = `event ${event.id}`
  if (event.kind === 'diverged') return { ...bad(kind, event.message), why: whyDiverged(), advice: ['lower-rate'] }
  if (event.kind === 'health') return { ...plain(kind, event.message), why: whyEasy(), advice: easyAdvice(run) }
  const why = l10n.t(
    'When every anchor only meets its hardest negative, the quickest way to a smaller loss is to put all pictures on one point: then every distance is 0 and the loss is the margin. Semi-hard negatives pull less and keep the points apart.',
  )
  const isSemiHard = run.spec.mining.strategy === 'semi-hard'
  return { ...bad(kind, event.message), why, advice: isSemiHard ? ['lower-rate'] : ['semi-hard', 'lower-rate'] }
}

const whyDiverged = () =>
  l10n.t('A step that is too large throws the weights so far that the numbers overflow. Smaller steps stay in reach.')

const whyEasy = () =>
  l10n.t('Triplets that already keep the margin have no loss and teach nothing. Learning is where negatives are near.')

const easyAdvice = (run: RunRow): Advice[] => (run.spec.mining.strategy === 'batch-hard' ? [] : ['harder'])

function learning(model: PanelModel): Finding {
  const values = model.curves.get('activeFraction')?.values ?? new Float64Array()
  const active = lately(values)
  if (active === undefined) return plain('loading', l10n.t('Loading the pictures and building the network.'))
  if (sideOf(values, allEasyBelow, learningAbove) === 'below')
    return {
      ...plain(
        'all easy',
        l10n.t('All easy. Fewer than 1 in 1,000 triplets violate the margin: there is hardly anything left to learn.'),
      ),
      why: whyEasy(),
      advice: model.run === undefined ? [] : easyAdvice(model.run),
    }
  const text = l10n.t('Learning. {0} of the triplets still violate the margin.', percent(active))
  const score = model.curves.get('test/mapAtR')
  const why = l10n.t(
    'A triplet teaches as long as its negative is not farther than its positive by the margin. That share falls as the network learns; the loss alone hides it, since it is averaged over the triplets that are mined.',
  )
  if (score !== undefined && isPlateau(score))
    return {
      kind: 'plateau',
      mood: 'plain',
      text: l10n.t(
        'Plateau. MAP@R has not risen in the last {0} evaluations (best {1}).',
        plateauEvaluations,
        significant(Math.max(...score.values)),
      ),
      why: l10n.t('The score on unseen classes stands still: more of the same steps will hardly move it.'),
      advice: ['lower-rate'],
    }
  return { kind: 'learning', mood: 'good', text, why, advice: [] }
}

function ended(model: PanelModel, run: RunRow): Finding {
  const score = summaryOf(run, 'test/recallAt1')
  const steps = count(run.step)
  const end =
    run.status === 'done'
      ? (run.message ?? l10n.t('Done after {0} steps.', steps))
      : (run.message ?? l10n.t('Stopped at step {0}.', steps))
  const found =
    score === undefined
      ? ''
      : ` ${l10n.t('For {0} of the unseen pictures the nearest neighbour is of the same class.', percent(score.last))}`
  const curve = model.curves.get('test/mapAtR')
  const hasRoom = curve !== undefined && curve.length > 2 && !isPlateau(curve) && isBestLast(curve)
  return {
    kind: run.status,
    mood: run.status === 'done' ? 'good' : 'plain',
    text: `${end}${found}`,
    why: hasRoom ? l10n.t('The last evaluation was the best one: the network was still getting better.') : '',
    advice: hasRoom ? ['more-epochs'] : [],
  }
}

const plateauEvaluations = 5
/** Shares of triplets that violate the margin. Between them it stays at what was said before. */
const allEasyBelow = 0.001
const learningAbove = 0.002

/** No evaluation of the last five is better than the best before them. */
export function isPlateau({ values }: Pick<Curve, 'values'>): boolean {
  if (values.length <= plateauEvaluations) return false
  const before = Math.max(...values.subarray(0, values.length - plateauEvaluations))
  return Math.max(...values.subarray(values.length - plateauEvaluations)) <= before
}

function isBestLast({ values }: Curve): boolean {
  return values.at(-1) === Math.max(...values)
}

export function adviceName(advice: Advice, run: RunRow): string {
  switch (advice) {
    case 'semi-hard':
      return l10n.t('Use semi-hard')
    case 'lower-rate':
      return l10n.t('Lower the rate to {0}', (run.spec.optimizer.learningRate / 3).toPrecision(2))
    case 'more-epochs':
      return l10n.t('More epochs')
    case 'harder':
      return run.spec.mining.strategy === 'semi-hard' ? l10n.t('Use batch-hard') : l10n.t('Use semi-hard')
    default:
      return assertNever(advice)
  }
}
