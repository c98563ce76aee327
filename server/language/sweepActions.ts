/** From a value to a sweep over several, and back. */
import * as l10n from '@vscode/l10n'
import { CodeActionKind, type CodeAction } from 'vscode-languageserver-types'
import { metricName, metricValue } from '../../protocol/words.ts'
import { inRange, type Json, type NumberSetting, type Setting } from '../catalog/entry.ts'
import type { Axis } from '../experiment/axes.ts'
import { inline } from '../experiment/editText.ts'
import type { Fix, Span } from '../experiment/finding.ts'
import type { Site } from '../experiment/inspect.ts'
import { isInherited, toJson, type Value } from '../experiment/tree.ts'
import { targetOf } from './bestRun.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'
import { refineAxis, tidy } from './refine.ts'
import { resultsOf } from './results.ts'
import { sitesAt } from './sites.ts'

export function sweepActions(document: ExperimentDocument, context: LanguageContext, span: Span): CodeAction[] {
  const axis = axisAt(document, span)
  if (axis !== undefined) return leaveSweep(document, context, axis, span)
  const sweep = sweepOf(document, span)
  return sweep === null ? [] : [action(document, sweep.title, sweep.edits)]
}

function axisAt(document: ExperimentDocument, span: Span): Axis | undefined {
  return document.inspection.axes.findLast(one => !isInherited(document.tree, one.span) && covers(one.span, span))
}

function covers(outer: Span, inner: Span): boolean {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length
}

/**
 * Turns the innermost value under the cursor into an axis, or each value of a selection.
 * @returns `null` where there is nothing to vary
 */
export function sweepOf(document: ExperimentDocument, span: Span): { title: string; edits: Fix['edits'] } | null {
  const selected =
    span.length === 0 ? [] : sweepable(document.inspection.sites.filter(one => covers(span, one.value.span)))
  if (selected.length > 1)
    return { title: l10n.t('Sweep the {0} selected values', selected.length), edits: selected.map(one => one.edit) }
  const one = [...selected, ...sweepable(sitesAt(document, span.offset).toReversed())].at(0)
  if (one === undefined) return null
  return { title: l10n.t('Sweep this value: {0}', inline(one.values)), edits: [one.edit] }
}

interface Sweepable {
  readonly values: Json[]
  readonly edit: Fix['edits'][number]
}

/** Sites with something to vary; none that lies inside of another that was taken. */
function sweepable(sites: readonly Site[]): Sweepable[] {
  const found: Sweepable[] = []
  for (const { setting, value, path, axisPath } of sites) {
    if (axisPath !== null || /^(sweep|name|curriculum)(\.|$)/.test(path)) continue
    const values = worthTrying(setting, value)
    if (values === null || found.some(one => covers(one.edit.span, value.span))) continue
    found.push({ values, edit: { span: value.span, text: `{ "values": ${inline(values)} }` } })
  }
  return found
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

/** From an axis to one of its values, or to a narrower axis around the best. */
function leaveSweep(document: ExperimentDocument, context: LanguageContext, axis: Axis, span: Span): CodeAction[] {
  const { domain } = axis
  const results = resultsOf(document, context).find(one => one.axis === axis)?.values ?? []
  const best = results.find(one => one.isBest) ?? (results.length === 1 ? results.at(0) : undefined)
  const actions: CodeAction[] = []
  if (best !== undefined) {
    const { metric } = targetOf(document.tree)
    const text = inline(toJson(best.value))
    const reached = `${metricName(metric)} ${metricValue(metric, best.best)}`
    actions.push({
      ...use(document, axis, text, l10n.t('Use {0}, the best so far ({1})', text, reached)),
      isPreferred: true,
    })
    const narrower = refineAxis(document, axis, best.value)
    if (narrower !== null)
      actions.push(action(document, l10n.t('Refine around {0}: {1}', text, narrower.text), narrower.edits))
  }
  if (domain.kind === 'interval') {
    if (best === undefined) actions.push(use(document, axis, inline(domain.min), l10n.t('Use {0}', inline(domain.min))))
    return actions
  }
  const pointed = domain.values.find(one => !isInherited(document.tree, one.span) && covers(one.span, span))
  const plain = pointed ?? domain.values.at(0)
  if (plain !== undefined && plain !== best?.value) {
    const text = inline(toJson(plain))
    actions.push(use(document, axis, text, l10n.t('Use {0} instead of the sweep', text)))
  }
  return actions
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
