/** What can be wrong with a sweep as a whole. */
import { applyEdits, modify } from 'jsonc-parser'
import * as l10n from '@vscode/l10n'
import { isMetricId, metricGoal } from '../../../protocol/metrics.ts'
import { countRuns } from '../countRuns.ts'
import type { Axis } from '../axes.ts'
import { removeAt, setAt } from '../editText.ts'
import { stepRange } from '../../search/numberAxis.ts'
import type { Finding, Fix } from '../finding.ts'
import type { Inspection } from '../inspect.ts'
import { isInherited, member, type ExperimentTree, type Span, type Value } from '../tree.ts'

/** Above this many runs a grid is surely a mistake. */
export const mostRuns = 10_000
const manyRuns = 200
/** Offered where a number of runs is missing. */
const usualRuns = 20

export function checkSweep(tree: ExperimentTree, { axes }: Inspection): Finding[] {
  const own = axes.filter(axis => !isInherited(tree, axis.span))
  return [
    ...checkAxes(tree, own),
    ...checkSize(tree, axes),
    ...checkMetric(tree),
    ...(axes.length > 0 ? [...checkMetricAppears(tree), ...checkEarly(tree)] : []),
  ]
}

function checkAxes(tree: ExperimentTree, axes: readonly Axis[]): Finding[] {
  const findings: Finding[] = []
  const { text } = tree
  const grid = !['random', 'bayes'].includes(methodOf(tree))
  for (const { domain, path, span } of axes) {
    if (domain.kind === 'interval' && !grid) {
      const step = domain.distribution === 'int_uniform' ? 1 : domain.q
      const range = step === null ? null : stepRange(domain.min, domain.max, step)
      if (step !== null && range !== null && range.first > range.last)
        findings.push({
          code: 'sweep-no-value',
          severity: 'error',
          span,
          message: l10n.t(
            'There is no multiple of {0} from {1} to {2}: widen the interval.',
            step,
            domain.min,
            domain.max,
          ),
          fixes: widened(tree, path, step, domain.min),
        })
      continue
    }
    if (domain.kind === 'interval') {
      const values = `{ "values": [${domain.min}, ${domain.max}] }`
      findings.push({
        code: 'sweep-grid-needs-values',
        severity: 'error',
        span,
        message: l10n.t('A grid tries listed values. Write {0} here, or search with the method "bayes".', values),
        fixes: [
          { title: l10n.t('List values'), edits: [{ span, text: values }] },
          ...settings(
            tree,
            l10n.t('Search with "bayes", {0} runs', usualRuns),
            [['sweep', 'method'], 'bayes'],
            [['sweep', 'runCap'], usualRuns],
          ),
        ],
      })
      continue
    }
    const only = domain.values.length === 1 ? domain.values.at(0) : undefined
    if (only !== undefined) {
      const value = text.slice(only.span.offset, only.span.offset + only.span.length)
      findings.push({
        code: 'sweep-one-value',
        severity: 'information',
        span,
        message: l10n.t('"{0}" has a single value to try: add others, or write {1}.', path, value),
        fixes: [{ title: l10n.t('Change to {0}', value), edits: [{ span, text: value }] }],
      })
    }
    // Folds are there to be averaged.
    if (domain.values.length > 1 && path !== 'split.fold' && /^(dataset|split)(\.|$)/.test(path))
      findings.push({
        code: 'sweep-changes-test',
        severity: 'warning',
        span,
        message: l10n.t(
          'Runs with different "{0}" are tested on different pictures: their scores cannot be compared.',
          path,
        ),
        fixes: keepFirst(tree, span, domain.values),
      })
  }
  return findings
}

/** Up to the first value that there is. */
function widened(tree: ExperimentTree, path: string, step: number, min: number): Fix[] {
  const max = Number((Math.ceil(min / step) * step).toPrecision(12))
  const title = l10n.t('Set "{0}" to {1}', `${path}.max`, max)
  return settings(tree, title, [[...path.split('.'), 'max'], max])
}

function keepFirst({ text }: ExperimentTree, span: Span, values: readonly Value[]): Fix[] {
  const [first] = values
  const written = text.slice(first.span.offset, first.span.offset + first.span.length)
  return [{ title: l10n.t('Change to {0}', written), edits: [{ span, text: written }] }]
}

function checkSize(tree: ExperimentTree, axes: readonly Axis[]): Finding[] {
  const sweep = member(tree.root, 'sweep')
  if (sweep !== undefined && axes.length === 0)
    return [
      {
        code: 'sweep-without-axes',
        severity: 'warning',
        span: sweep.keySpan,
        message: l10n.t(
          'Nothing is swept: no setting has several values. Write "margin": { "values": [0.1, 0.2, 0.5] }, for instance.',
        ),
        fixes: repairs(tree),
      },
    ]
  const runs = countRuns(tree, axes)
  if (runs === Infinity && methodOf(tree) !== 'grid')
    return [
      {
        code: 'sweep-needs-run-cap',
        severity: 'error',
        span: sweep?.keySpan ?? { offset: 0, length: 1 },
        message: l10n.t('An interval has no end of values. Say how many runs there may be: "runCap": {0}.', usualRuns),
        fixes: setting(tree, ['sweep', 'runCap'], usualRuns),
      },
    ]
  if (!Number.isFinite(runs) || runs <= manyRuns) return []
  const span: Span = sweep?.keySpan ?? axes.at(0)?.span ?? { offset: 0, length: 1 }
  return [
    {
      code: 'sweep-too-many-runs',
      severity: runs > mostRuns ? 'error' : 'warning',
      span,
      message: l10n.t('This sweep has {0} runs. List fewer values, or set "sweep": { "runCap": {1} }.', runs, manyRuns),
      fixes: setting(tree, ['sweep', 'runCap'], manyRuns),
    },
  ]
}

/** To sweep the margin after all, or not to sweep. */
function repairs(tree: ExperimentTree): Fix[] {
  const margins = setAt(tree, 'loss.margin', { values: [0.1, 0.2, 0.5] })
  const removal = removeAt(tree, 'sweep')
  return [
    ...(margins === null ? [] : [{ title: l10n.t('Sweep the margin over 0.1, 0.2 and 0.5'), edits: margins }]),
    ...(removal === null ? [] : [{ title: l10n.t('Remove "{0}"', 'sweep'), edits: removal }]),
  ]
}

/** What is measured on held-out pictures needs some. */
function checkMetricAppears(tree: ExperimentTree): Finding[] {
  const split = member(tree.root, 'split')?.value
  // Folds hold pictures out whatever the share is.
  const test = member(split, 'folds') === undefined ? member(split, 'test')?.value : undefined
  const metric = member(member(tree.root, 'sweep')?.value, 'metric')?.value
  const name = member(metric, 'name')?.value
  const written = name?.kind === 'string' ? name.value : 'mapAtR'
  const gallery = member(member(tree.root, 'evaluation')?.value, 'gallery')?.value
  if (name && written === 'identification' && gallery?.kind === 'string' && gallery.value === 'train')
    return [
      {
        code: 'sweep-metric-missing',
        severity: 'error',
        span: name.span,
        message: l10n.t(
          '"{0}" is only measured where the neighbours are looked for among the held-out pictures: set "evaluation.gallery" to "test".',
          written,
        ),
        fixes: setting(tree, ['evaluation', 'gallery'], 'test'),
      },
    ]
  // A metric that is there without held-out pictures has the name as it is: `loss`.
  if (test?.kind !== 'number' || test.value > 0 || isMetricId(written) || !isMetricId(`test/${written}`)) return []
  return [
    {
      code: 'sweep-metric-missing',
      severity: 'error',
      span: name?.span ?? test.span,
      message: l10n.t(
        '"{0}" is measured on held-out pictures, and there are none: hold some out in "split", or compare "loss".',
        written,
      ),
      fixes: [...setting(tree, ['split', 'test'], 0.5), ...setting(tree, ['sweep', 'metric', 'name'], 'loss')],
    },
  ]
}

/** Between the first epoch at which runs are compared and the last one there has to be room. */
function checkEarly(tree: ExperimentTree): Finding[] {
  const early = member(member(tree.root, 'sweep')?.value, 'earlyTerminate')?.value
  const epochs = member(tree.root, 'epochs')?.value
  const first = member(early, 'minEpochs')?.value
  const least = first?.kind === 'number' ? first.value : 1
  const most = epochs?.kind === 'number' ? epochs.value : null
  if (!early || most === null || least < most) return []
  return [
    {
      code: 'sweep-never-early',
      severity: 'warning',
      span: first?.span ?? early.span,
      message: l10n.t(
        'No run is stopped early: they are first compared after epoch {0}, and all end after epoch {1}.',
        least,
        most,
      ),
      fixes: most > 1 ? setting(tree, ['sweep', 'earlyTerminate', 'minEpochs'], Math.max(1, Math.floor(most / 3))) : [],
    },
  ]
}

function setting(tree: ExperimentTree, path: string[], value: string | number): Fix[] {
  const title = l10n.t('Set "{0}" to {1}', path.join('.'), JSON.stringify(value))
  return settings(tree, title, [path, value])
}

function methodOf(tree: ExperimentTree): string {
  const method = member(member(tree.root, 'sweep')?.value, 'method')?.value
  return method?.kind === 'string' ? method.value : 'grid'
}

/** A fix that gives settings values, one after the other; none where a section that they belong to is something else. */
function settings(
  tree: ExperimentTree,
  title: string,
  ...changes: (readonly [path: string[], value: string | number])[]
): Fix[] {
  if (changes.some(([path]) => !isPlace(tree, path))) return []
  let text = tree.text
  for (const [path, value] of changes)
    text = applyEdits(text, modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }))
  return [{ title, edits: replaced(tree.text, text) }]
}

/** Whether every section on the way to a setting is an object, or not there yet. */
function isPlace(tree: ExperimentTree, path: readonly string[]): boolean {
  let at: Value | null | undefined = tree.own
  for (const key of path) {
    if (at?.kind !== 'object') return at === undefined
    at = member(at, key)?.value
  }
  return true
}

/** The one stretch in which two texts differ. */
function replaced(before: string, after: string): Fix['edits'] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  return [
    { span: { offset: start, length: before.length - end - start }, text: after.slice(start, after.length - end) },
  ]
}

/** A goal that contradicts its metric: less recall, more loss. */
function checkMetric(tree: ExperimentTree): Finding[] {
  const metric = member(member(tree.root, 'sweep')?.value, 'metric')?.value
  const name = member(metric, 'name')?.value
  const goal = member(metric, 'goal')?.value
  if (goal?.kind !== 'string') return []
  const written = name?.kind === 'string' ? name.value : 'mapAtR'
  const id = [written, `test/${written}`].find(isMetricId)
  const natural = id === undefined ? undefined : metricGoal[id]
  if (natural === undefined || natural === goal.value || !['maximize', 'minimize'].includes(goal.value)) return []
  return [
    {
      code: 'sweep-goal-contradicts-metric',
      severity: 'warning',
      span: goal.span,
      message:
        natural === 'maximize'
          ? l10n.t('More "{0}" is better: with this goal the worst run would count as the best.', written)
          : l10n.t('Less "{0}" is better: with this goal the worst run would count as the best.', written),
      fixes: [{ title: l10n.t('Change to {0}', natural), edits: [{ span: goal.span, text: JSON.stringify(natural) }] }],
    },
  ]
}
