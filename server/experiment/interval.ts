/** Axes over an interval: `{ "min": 1e-4, "max": 1e-2, "distribution": "log_uniform_values" }`. */
import * as l10n from '@vscode/l10n'
import type { Setting } from '../catalog/entry.ts'
import { distributions, type Distribution } from '../catalog/sweeps.ts'
import type { Domain } from './axes.ts'
import { checkNumber, unknownValue } from './checkScalar.ts'
import { removeMember } from './editText.ts'
import type { Finding, Fix } from './finding.ts'
import { join, member, type Span, type Value } from './tree.ts'

type ObjectValue = Extract<Value, { kind: 'object' }>

/**
 * `{ "min", "max", "distribution", "q" }`; `null`, with findings, when it cannot be understood.
 * @param text what the file holds, for repairs
 */
export function readInterval(
  setting: Setting,
  value: ObjectValue,
  path: string,
  text: string,
  findings: Finding[],
): Domain | null {
  if (setting.kind !== 'number') {
    findings.push(
      problem('sweep-not-a-number', value.span, l10n.t('"{0}" is not a number: list what to try in "values".', path)),
    )
    return null
  }
  const before = findings.length
  const min = end('min')
  const max = end('max')
  const distribution = readDistribution(setting.integer, value, path, findings)
  const q = readQ(value, distribution, text, findings)
  if (min !== null && max !== null && min >= max)
    findings.push(
      problem(
        'sweep-empty-interval',
        member(value, 'max')?.value?.span ?? value.span,
        l10n.t('"max" has to be greater than "min" ({0}).', min),
        min > max ? [{ title: l10n.t('Exchange "min" and "max"'), edits: exchange(value, min, max) }] : [],
      ),
    )
  if (min !== null && min <= 0 && distribution?.includes('log') === true)
    findings.push(
      problem(
        'sweep-log-needs-positive',
        member(value, 'min')?.value?.span ?? value.span,
        l10n.t('A logarithmic distribution starts above 0, for instance at 1e-5.'),
        max !== null && max > 1e-5 ? [changeTo(member(value, 'min')?.value?.span ?? value.span, '1e-5')] : [],
      ),
    )
  if (min === null || max === null || distribution === null || findings.length > before) return null
  return { kind: 'interval', min, max, distribution, q }

  function end(key: 'min' | 'max'): number | null {
    const at = member(value, key)?.value
    if (at?.kind !== 'number' || setting.kind !== 'number') {
      findings.push(
        problem(
          'sweep-needs-min-and-max',
          at?.span ?? { offset: value.span.offset, length: 1 },
          l10n.t('An interval needs "min" and "max", both numbers.'),
        ),
      )
      return null
    }
    checkNumber({ ...setting, integer: false }, at.value, at.span, join(path, key), findings)
    return at.value
  }
}

function readDistribution(
  integer: boolean,
  value: ObjectValue,
  path: string,
  findings: Finding[],
): Distribution | null {
  const at = member(value, 'distribution')?.value
  if (at === undefined || at === null) return integer ? 'int_uniform' : 'uniform'
  if (at.kind === 'string' && isDistribution(at.value)) {
    if (!integer || at.value === 'int_uniform' || at.value.startsWith('q_')) return at.value
    findings.push(
      problem(
        'sweep-needs-integers',
        at.span,
        l10n.t('"{0}" takes whole numbers: use "int_uniform", or "q_log_uniform_values" with "q": 1.', path),
        [changeTo(at.span, at.value.includes('log') ? '"q_log_uniform_values"' : '"int_uniform"')],
      ),
    )
    return null
  }
  findings.push(unknownValue(distributions, at.kind === 'string' ? at.value : '', at.span, join(path, 'distribution')))
  return null
}

function readQ(
  value: ObjectValue,
  distribution: Distribution | null,
  text: string,
  findings: Finding[],
): number | null {
  const at = member(value, 'q')
  const wanted = distribution?.startsWith('q_') === true
  if (at !== undefined && distribution !== null && !wanted)
    findings.push(
      problem('sweep-contradiction', at.keySpan, l10n.t('"q" belongs to "q_uniform" and "q_log_uniform_values".'), [
        { title: l10n.t('Remove "{0}"', 'q'), edits: removeMember(text, value, at) },
      ]),
    )
  if (!wanted) return null
  if (at === undefined) return 1
  if (at.value?.kind === 'number' && at.value.value > 0 && Number.isFinite(at.value.value)) return at.value.value
  findings.push(
    problem(
      'sweep-bad-step',
      at.value?.span ?? at.keySpan,
      l10n.t('"q" is the step between values: a number above 0.'),
      at.value === null ? [] : [changeTo(at.value.span, '1')],
    ),
  )
  return null
}

function isDistribution(word: string): word is Distribution {
  return Object.hasOwn(distributions, word)
}

function problem(code: string, span: Span, message: string, fixes: readonly Fix[] = []): Finding {
  return { code, severity: 'error', span, message, fixes }
}

function changeTo(span: Span, text: string): Fix {
  return { title: l10n.t('Change to {0}', text), edits: [{ span, text }] }
}

function exchange(value: ObjectValue, min: number, max: number): Fix['edits'] {
  const ends = [
    { span: member(value, 'min')?.value?.span, text: String(max) },
    { span: member(value, 'max')?.value?.span, text: String(min) },
  ]
  return ends.flatMap(({ span, text }) => (span === undefined ? [] : [{ span, text }]))
}
