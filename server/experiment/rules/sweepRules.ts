/** What can be wrong with a sweep as a whole. */
import * as l10n from '@vscode/l10n'
import { countRuns } from '../countRuns.ts'
import type { Finding } from '../finding.ts'
import type { Inspection } from '../inspect.ts'
import { member, type ExperimentTree } from '../tree.ts'

/** Above this many runs a grid is surely a mistake. */
export const mostRuns = 10_000
const manyRuns = 200

export function checkSweep(tree: ExperimentTree, { axes }: Inspection): Finding[] {
  const findings: Finding[] = []
  const sweep = member(tree.root, 'sweep')
  for (const axis of axes)
    if (axis.domain.kind === 'interval')
      findings.push({
        code: 'sweep-grid-needs-values',
        severity: 'error',
        span: axis.span,
        message: l10n.t(
          'A grid tries listed values. Write { "values": [{0}, {1}] } here.',
          axis.domain.min,
          axis.domain.max,
        ),
        fixes: [
          {
            title: l10n.t('List values'),
            edits: [{ span: axis.span, text: `{ "values": [${axis.domain.min}, ${axis.domain.max}] }` }],
          },
        ],
      })
  if (sweep !== undefined && axes.length === 0)
    findings.push({
      code: 'sweep-without-axes',
      severity: 'warning',
      span: sweep.keySpan,
      message: l10n.t(
        'Nothing is swept: no setting has several values. Write "margin": { "values": [0.1, 0.2, 0.5] }, for instance.',
      ),
    })
  const capped = countRuns(tree, axes)
  if (Number.isFinite(capped) && capped > manyRuns)
    findings.push({
      code: 'sweep-too-many-runs',
      severity: capped > mostRuns ? 'error' : 'warning',
      span: sweep?.keySpan ?? axes.at(0)?.span ?? { offset: 0, length: 1 },
      message: l10n.t(
        'This sweep has {0} runs. List fewer values, or set "sweep": { "runCap": {1} }.',
        capped,
        manyRuns,
      ),
    })
  return findings
}
