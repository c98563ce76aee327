/** What can be wrong with a sweep as a whole. */
import * as l10n from '@vscode/l10n'
import { isMetricId, metricGoal } from '../../../protocol/metrics.ts'
import { countRuns } from '../countRuns.ts'
import type { Axis } from '../axes.ts'
import type { Finding } from '../finding.ts'
import type { Inspection } from '../inspect.ts'
import { isInherited, member, type ExperimentTree, type Span } from '../tree.ts'

/** Above this many runs a grid is surely a mistake. */
export const mostRuns = 10_000
const manyRuns = 200

export function checkSweep(tree: ExperimentTree, { axes }: Inspection): Finding[] {
  const own = axes.filter(axis => !isInherited(tree, axis.span))
  return [...checkAxes(tree.text, own), ...checkSize(tree, axes), ...checkMetric(tree)]
}

function checkAxes(text: string, axes: readonly Axis[]): Finding[] {
  const findings: Finding[] = []
  for (const { domain, path, span } of axes) {
    if (domain.kind === 'interval') {
      const values = `{ "values": [${domain.min}, ${domain.max}] }`
      findings.push({
        code: 'sweep-grid-needs-values',
        severity: 'error',
        span,
        message: l10n.t('A grid tries listed values. Write {0} here.', values),
        fixes: [{ title: l10n.t('List values'), edits: [{ span, text: values }] }],
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
    if (domain.values.length > 1 && /^(dataset|split)(\.|$)/.test(path))
      findings.push({
        code: 'sweep-changes-test',
        severity: 'warning',
        span,
        message: l10n.t(
          'Runs with different "{0}" are tested on different pictures: their scores cannot be compared.',
          path,
        ),
      })
  }
  return findings
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
      },
    ]
  const runs = countRuns(tree, axes)
  if (!Number.isFinite(runs) || runs <= manyRuns) return []
  const span: Span = sweep?.keySpan ?? axes.at(0)?.span ?? { offset: 0, length: 1 }
  return [
    {
      code: 'sweep-too-many-runs',
      severity: runs > mostRuns ? 'error' : 'warning',
      span,
      message: l10n.t('This sweep has {0} runs. List fewer values, or set "sweep": { "runCap": {1} }.', runs, manyRuns),
    },
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
