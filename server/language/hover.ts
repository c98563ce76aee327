/** What a setting does, and what its values have given here before. */
import * as l10n from '@vscode/l10n'
import type { Hover, Position } from 'vscode-languageserver-types'
import { metricName, metricValue } from '../../protocol/words.ts'
import type { Choice, Setting } from '../catalog/entry.ts'
import type { Site } from '../experiment/inspect.ts'
import { contains } from '../experiment/tree.ts'
import { bestValue, isBetter, targetOf } from './bestRun.ts'
import type { LanguageContext } from './context.ts'
import { describeChoice, describeSetting } from './describe.ts'
import type { ExperimentDocument } from './document.ts'
import { toRange } from './range.ts'
import { valueInRun } from './results.ts'
import { sitesAt } from './sites.ts'

export function hover(document: ExperimentDocument, context: LanguageContext, position: Position): Hover | null {
  const offset = document.text.offsetAt(position)
  const site = sitesAt(document, offset).findLast(one => isPointedAt(one, offset))
  if (site === undefined || site.path === '') return null
  const parts = [`**${title(site)}**`, describeSetting(site.setting)]
  const choice = chosen(site)
  if (choice !== null) parts.splice(1, 0, `\`${choice.id}\`: ${describeChoice(choice.choice)}`)
  const before = history(document, context, site)
  if (before !== '') parts.push(before)
  const keySpan = site.member?.keySpan
  const span = keySpan !== undefined && contains(keySpan, offset) ? keySpan : site.value.span
  return {
    contents: { kind: 'markdown', value: parts.join('\n\n') },
    range: toRange(document.text, span),
  }
}

/** On its key, or on a value that is not made of other settings. */
function isPointedAt({ member, value, setting }: Site, offset: number): boolean {
  if (member !== null && contains(member.keySpan, offset)) return true
  const { kind } = setting
  const isLeaf = value.kind !== 'object' || kind === 'number' || kind === 'choice' || kind === 'boolean'
  return isLeaf && contains(value.span, offset)
}

function title({ path, setting }: Site): string {
  const symbol = setting.symbol === undefined ? '' : ` (${setting.symbol})`
  return `${path}${symbol}`
}

/** The option or choice that is written here. */
function chosen({ setting, value }: Site): { id: string; choice: Choice } | null {
  if (value.kind !== 'string') return null
  const choices = setting.kind === 'choice' ? setting.choices : setting.kind === 'variant' ? setting.options : {}
  const choice = Object.hasOwn(choices, value.value) ? choices[value.value] : undefined
  return choice === undefined ? null : { id: value.value, choice }
}

const shown = 4

/** The best that runs of this file reached with each value of the setting. */
function history(document: ExperimentDocument, context: LanguageContext, { path, setting }: Site): string {
  const at = scalarPath(path, setting)
  if (at === null) return ''
  const target = targetOf(document.tree)
  const byValue = new Map<string, { best: number; runs: number }>()
  for (const run of context.runs) {
    const reached = bestValue(run, target)
    const value = valueInRun(run, at)
    if (reached === null || value === undefined) continue
    const key = JSON.stringify(value)
    const known = byValue.get(key)
    if (known === undefined) byValue.set(key, { best: reached, runs: 1 })
    else byValue.set(key, { best: isBetter(reached, known.best, target) ? reached : known.best, runs: known.runs + 1 })
  }
  if (byValue.size === 0) return ''
  const rows = [...byValue].sort(([, a], [, b]) => (isBetter(a.best, b.best, target) ? -1 : 1)).slice(0, shown)
  const name = metricName(target.metric)
  return [
    l10n.t('Here before, best {0}:', name),
    ...rows.map(
      ([value, { best, runs }]) =>
        `- \`${value}\`: ${metricValue(target.metric, best)} (${runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', runs)})`,
    ),
  ].join('\n')
}

/** Where a spec holds the value itself: an object with a tag is known by its tag. */
function scalarPath(path: string, setting: Setting): string | null {
  switch (setting.kind) {
    case 'number':
    case 'boolean':
    case 'choice':
      return path
    case 'variant':
      return `${path}.${setting.tag}`
    case 'text':
    case 'list':
    case 'object':
    case 'oneOf':
      return null
  }
}
