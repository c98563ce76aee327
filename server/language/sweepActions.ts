/** From a value to a sweep over several, and back. */
import * as l10n from '@vscode/l10n'
import { CodeActionKind, type CodeAction } from 'vscode-languageserver-types'
import { metricName, metricValue } from '../../protocol/words.ts'
import { inRange, type Json, type NumberSetting, type Setting } from '../catalog/entry.ts'
import type { Axis } from '../experiment/axes.ts'
import { inline } from '../experiment/editText.ts'
import type { Fix, Span } from '../experiment/finding.ts'
import { isInherited, member, toJson, type Value } from '../experiment/tree.ts'
import { targetOf } from './bestRun.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'
import { resultsOf } from './results.ts'
import { sitesAt } from './sites.ts'

export function sweepActions(document: ExperimentDocument, context: LanguageContext, span: Span): CodeAction[] {
  const axis = document.inspection.axes.findLast(
    one =>
      !isInherited(document.tree, one.span) &&
      one.span.offset <= span.offset &&
      span.offset + span.length <= one.span.offset + one.span.length,
  )
  return axis === undefined ? sweepThis(document, span) : leaveSweep(document, context, axis, span)
}

/** Turns the innermost value under the cursor into an axis. */
function sweepThis(document: ExperimentDocument, span: Span): CodeAction[] {
  for (const { setting, value, path } of sitesAt(document, span.offset).toReversed()) {
    const values = worthTrying(setting, value)
    if (values === null || path.startsWith('sweep') || path === 'name' || path.startsWith('curriculum')) continue
    const text = `{ "values": ${inline(values)} }`
    return [action(document, l10n.t('Sweep this value: {0}', inline(values)), [{ span: value.span, text }])]
  }
  return []
}

/** The value with others that are worth comparing to it; `null` where there is nothing to vary. */
export function worthTrying(setting: Setting, value: Value): Json[] | null {
  switch (setting.kind) {
    case 'number':
      return value.kind === 'number' ? numbersAround(setting, value.value) : null
    case 'boolean':
      return value.kind === 'boolean' ? [false, true] : null
    case 'choice':
      return value.kind === 'string' ? withOwn(setting.tries ?? Object.keys(setting.choices), value.value) : null
    case 'variant': {
      const free = Object.entries(setting.options).flatMap(([id, { properties }]) =>
        Object.values(properties).every(one => 'default' in one) ? [id] : [],
      )
      return value.kind === 'string' ? withOwn(setting.tries ?? free, value.value) : null
    }
    case 'text':
    case 'list':
    case 'object':
    case 'oneOf':
      return null
  }
}

function withOwn(tries: readonly string[], own: string): string[] | null {
  const values = tries.includes(own) ? [...tries] : [own, ...tries]
  return values.length > 1 ? values : null
}

function numbersAround(setting: NumberSetting, value: number): number[] | null {
  const factor = setting.logarithmic === true ? 3 : 2
  const own = setting.tries?.includes(value) === true ? setting.tries : [value / factor, value, value * factor]
  const fitting = own.map(one => tidy(one, setting)).filter(one => inRange(one, setting.range))
  const values = [...new Set(fitting)].sort((a, b) => a - b)
  return values.length > 1 && (setting.only === undefined || values.every(one => setting.only?.includes(one)))
    ? values
    : null
}

/** Two significant digits, or a whole number. */
function tidy(value: number, { integer }: NumberSetting): number {
  return integer ? Math.round(value) : Number(value.toPrecision(2))
}

/** From an axis to one of its values, or to narrower values around the best. */
function leaveSweep(document: ExperimentDocument, context: LanguageContext, axis: Axis, span: Span): CodeAction[] {
  const { domain } = axis
  if (domain.kind === 'interval')
    return [use(document, axis, inline(domain.min), l10n.t('Use {0}', inline(domain.min)))]
  const results = resultsOf(document, context).get(axis.path) ?? []
  const best = results.find(one => one.isBest) ?? (results.length === 1 ? results.at(0) : undefined)
  const pointed = domain.values.find(
    one =>
      !isInherited(document.tree, one.span) &&
      one.span.offset <= span.offset &&
      span.offset <= one.span.offset + one.span.length,
  )
  const actions: CodeAction[] = []
  if (best !== undefined) {
    const { metric } = targetOf(document.tree)
    const text = inline(toJson(best.value))
    const reached = `${metricName(metric)} ${metricValue(metric, best.best)}`
    actions.push({
      ...use(document, axis, text, l10n.t('Use {0}, the best so far ({1})', text, reached)),
      isPreferred: true,
    })
    const narrower = refine(axis, best.value)
    if (narrower !== null)
      actions.push(
        action(document, l10n.t('Refine around {0}: {1}', text, inline(narrower)), [
          {
            span: member({ kind: 'object', ...objectOf(document, axis) }, 'values')?.value?.span ?? axis.span,
            text: inline(narrower),
          },
        ]),
      )
  }
  const plain = pointed ?? domain.values.at(0)
  if (plain !== undefined && plain !== best?.value) {
    const text = inline(toJson(plain))
    actions.push(use(document, axis, text, l10n.t('Use {0} instead of the sweep', text)))
  }
  return actions
}

/** The axis's own object: its members say where `values` stand. */
function objectOf(document: ExperimentDocument, axis: Axis) {
  const site = document.inspection.sites.find(one => one.value.span === axis.span)
  return { span: axis.span, members: site?.value.kind === 'object' ? site.value.members : [] }
}

/** Halfway to the neighbours on either side: by ratio where only ratios matter. */
export function refine({ setting, domain }: Axis, best: Value): number[] | null {
  if (setting.kind !== 'number' || best.kind !== 'number' || domain.kind !== 'values') return null
  const all = domain.values.flatMap(one => (one.kind === 'number' ? [one.value] : [])).sort((a, b) => a - b)
  const at = all.indexOf(best.value)
  const middle = (a: number, b: number) => (setting.logarithmic === true && a > 0 ? Math.sqrt(a * b) : (a + b) / 2)
  const below =
    at > 0 ? middle(all[at - 1] ?? best.value, best.value) : best.value / (setting.logarithmic === true ? 2 : 1.5)
  const above =
    at + 1 < all.length
      ? middle(best.value, all[at + 1] ?? best.value)
      : best.value * (setting.logarithmic === true ? 2 : 1.5)
  const values = [tidy(below, setting), best.value, tidy(above, setting)].filter(one => inRange(one, setting.range))
  const distinct = [...new Set(values)]
  return distinct.length > 1 ? distinct : null
}

function use(document: ExperimentDocument, axis: Axis, text: string, title: string): CodeAction {
  return action(document, title, [{ span: axis.span, text }])
}

function action(document: ExperimentDocument, title: string, edits: Fix['edits']): CodeAction {
  return {
    title,
    kind: CodeActionKind.RefactorRewrite,
    edit: { changes: { [document.text.uri]: toTextEdits(document.text, edits) } },
  }
}
