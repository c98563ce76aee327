/** What a setting does, and what its values have given here before. */
import * as l10n from '@vscode/l10n'
import type { Hover, Position } from 'vscode-languageserver-types'
import { metricName, metricValue } from '../../protocol/words.ts'
import type { Choice, Setting } from '../catalog/entry.ts'
import type { Site } from '../experiment/inspect.ts'
import { contains } from '../experiment/tree.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { bestValue, isBetter, targetOf, type Target } from './bestRun.ts'
import { commands } from './commands.ts'
import type { LanguageContext } from './context.ts'
import { describeChoice, describeSetting } from './describe.ts'
import type { ExperimentDocument } from './document.ts'
import { factsOf } from './facts.ts'
import { toRange } from './range.ts'
import { textOf } from '../experiment/specText.ts'
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
  const own = bestByValue(context.runs, at, target)
  const name = metricName(target.metric)
  if (own.length > 0) return [l10n.t('Here before, best {0}:', name), ...rows(own, target, context)].join('\n')
  const others = bestByValue(comparableRuns(document, context), at, target)
  if (others.length === 0) return ''
  return [l10n.t('In other files with these pictures, best {0}:', name), ...rows(others, target, context)].join('\n')
}

interface Reached {
  readonly value: string
  readonly best: number
  readonly run: RunRow
  readonly runs: number
}

/** What each value of a setting has reached, the best first. */
function bestByValue(runs: readonly RunRow[], path: string, target: Target): Reached[] {
  const byValue = new Map<string, Reached>()
  for (const run of runs) {
    const best = bestValue(run, target)
    const written = valueInRun(run, path)
    if (best === null || written === undefined) continue
    const value = JSON.stringify(written)
    const known = byValue.get(value)
    if (known === undefined) byValue.set(value, { value, best, run, runs: 1 })
    else if (isBetter(best, known.best, target)) byValue.set(value, { value, best, run, runs: known.runs + 1 })
    else byValue.set(value, { ...known, runs: known.runs + 1 })
  }
  return [...byValue.values()].sort((a, b) => (isBetter(a.best, b.best, target) ? -1 : 1)).slice(0, shown)
}

/** Each with its best run, which a client with panels can open from here. */
function rows(reached: readonly Reached[], { metric }: Target, { panels }: LanguageContext): string[] {
  return reached.map(({ value, best, run, runs }) => {
    const name = run.name.replace(/[\\`*_[\]<>#|]/g, '\\$&')
    const link = `command:${commands.openPanel}?${encodeURIComponent(JSON.stringify([run.id]))}`
    const named = panels === false ? name : `[${name}](${link})`
    const many = runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', runs)
    return `- \`${value}\`: ${metricValue(metric, best)} · ${named} (${many})`
  })
}

/** Runs of other files whose scores mean the same: on the same pictures, held out in the same way. */
function comparableRuns(document: ExperimentDocument, context: LanguageContext): RunRow[] {
  const facts = factsOf(document, context)
  const others = facts === null ? [] : (context.otherRuns?.() ?? [])
  const test = ({ dataset, split }: RunRow['spec']) => `${textOf(dataset)} ${textOf(split)}`
  return facts === null ? [] : others.filter(run => test(run.spec) === test(facts.spec))
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
