/** Every code that a finding can have, with its reason: what docs/diagnostics.md is made from. */
import type { Problem } from '../../../protocol/requests.ts'
import { rules } from './rules.ts'

export interface CodeDocumentation {
  readonly code: string
  readonly severity: Problem['severity']
  /** One sentence. */
  readonly why: string
}

const error = (code: string, why: string): CodeDocumentation => ({ code, severity: 'error', why })

/** About the text and its shape, which need no knowledge of triplets. */
const structure: readonly CodeDocumentation[] = [
  error('empty-file', 'An experiment names at least its dataset.'),
  error('json-syntax', 'The file is JSON with comments and trailing commas; what cannot be read cannot be run.'),
  error('json-duplicate-key', 'Of two members with one name only the last one counts, which is rarely what was meant.'),
  error('json-too-deep', 'No experiment needs more than a few levels of brackets.'),
  error(
    'unknown-key',
    'A name that nothing reads is nearly always a misspelt one, and its default would be used silently.',
  ),
  error('unknown-value', 'The setting takes one of a list of words, and this is none of them.'),
  error('wrong-type', 'The setting takes another kind of value: a number rather than text, for instance.'),
  error('not-an-integer', 'Things that are counted come in whole numbers.'),
  error('out-of-range', 'The number lies outside of what the setting can mean.'),
  error(
    'margin-not-positive',
    'With α at 0 or below, a network that maps every picture to the same point already has no loss.',
  ),
  error('batch-too-few-classes', 'A triplet needs two classes: one for anchor and positive, one for the negative.'),
  error('batch-too-few-samples', 'A triplet needs two pictures of one class: the anchor and the positive.'),
  error('empty-text', 'A name or a path without any letters names nothing.'),
  error('too-few-items', 'The list has to have at least one entry to mean anything.'),
  error('missing', 'The setting has no default: it has to be written.'),
  error('extends-missing', 'The file that this one extends has to be there, or its settings are not.'),
  error('extends-circle', 'A file that extends itself, perhaps through others, has no beginning.'),
  error('extends-broken', 'The settings of a file that cannot be read cannot be inherited.'),
  error('extends-has-problems', 'What is wrong in the file that this one extends is wrong here too.'),
  error('exactly-one', 'The pictures come from one place, so exactly one of the keys has to be there.'),
]

const sweeps: readonly CodeDocumentation[] = [
  error('sweep-no-values', 'A sweep over no values has no runs.'),
  error('sweep-in-sweep', 'A value that is tried has to be one value, not again several.'),
  error('sweep-contradiction', 'An axis either lists its values or says from where to where, not both.'),
  error('sweep-not-a-number', 'Only numbers lie between a smallest and a largest.'),
  error('sweep-needs-min-and-max', 'An interval has two ends.'),
  error('sweep-empty-interval', 'Nothing lies between ends that are the wrong way round.'),
  error('sweep-log-needs-positive', 'There is no logarithm of 0 or of anything below.'),
  error('sweep-needs-integers', 'A setting that counts things can only be swept over whole numbers.'),
  error('sweep-bad-step', 'Values lie a positive step apart.'),
  error('sweep-grid-needs-values', 'A grid tries every value, and an interval has endlessly many.'),
  { code: 'sweep-duplicate-value', severity: 'warning', why: 'The same value twice is the same run twice.' },
  { code: 'sweep-one-value', severity: 'information', why: 'An axis with a single value compares nothing.' },
  {
    code: 'sweep-changes-test',
    severity: 'warning',
    why: 'Scores can only be compared where the same pictures are held out.',
  },
  { code: 'sweep-without-axes', severity: 'warning', why: 'A sweep without several values anywhere is a single run.' },
  {
    code: 'sweep-too-many-runs',
    severity: 'warning',
    why: 'Combinations multiply: a few values here and there soon take weeks. Above 10,000 runs it is an error.',
  },
  {
    code: 'sweep-needs-run-cap',
    severity: 'error',
    why: 'A search over an interval never comes to its end by itself.',
  },
  {
    code: 'sweep-no-value',
    severity: 'error',
    why: 'Values lie whole steps apart; between two neighbouring ones there is none.',
  },
  {
    code: 'sweep-metric-missing',
    severity: 'error',
    why: 'Runs that never report the metric cannot be compared by it.',
  },
  {
    code: 'sweep-never-early',
    severity: 'warning',
    why: 'A run can only be stopped early between its first epoch that counts and its last.',
  },
  {
    code: 'sweep-goal-contradicts-metric',
    severity: 'warning',
    why: 'Each metric is better in one direction; the other one would crown the worst run.',
  },
]

export const codes: readonly CodeDocumentation[] = [
  ...structure,
  ...rules.map(({ code, severity, why }) => ({ code, severity, why })),
  ...sweeps,
]
