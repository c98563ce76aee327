/** The line over each axis: what varying it alone would run, and the way to start it. */
import * as l10n from '@vscode/l10n'
import type { CodeLens } from 'vscode-languageserver-types'
import { duration } from '../../protocol/words.ts'
import type { Axis } from '../experiment/axes.ts'
import { runCap, runRepeats } from '../experiment/countRuns.ts'
import { isInherited } from '../experiment/tree.ts'
import { commands } from './commands.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { estimateDuration, type Facts } from './facts.ts'
import { toRange } from './range.ts'

export function axisLenses(document: ExperimentDocument, context: LanguageContext, facts: Facts | null): CodeLens[] {
  const { axes } = document.inspection
  const time = facts === null ? null : estimateDuration(facts, context)
  return axes
    .filter(axis => !isInherited(document.tree, axis.span))
    .map(axis => {
      const runs = runsOf(document, axis)
      const key = axis.path.slice(axis.path.lastIndexOf('.') + 1)
      const what = axes.length === 1 ? l10n.t('sweep {0}', key) : l10n.t('sweep {0} alone', key)
      const amount = Number.isFinite(runs) ? `: ${l10n.t('{0} runs', runs)}` : ''
      const about =
        time === null || !Number.isFinite(runs)
          ? ''
          : `, ${l10n.t('about {0}', duration(Math.max(1_000, time * runs)))}`
      const args = axes.length === 1 ? [document.text.uri] : [document.text.uri, axis.path]
      const title = `$(play) ${what}${amount}${about}`
      return { range: toRange(document.text, axis.span), command: { title, command: commands.start, arguments: args } }
    })
}

function runsOf({ tree }: ExperimentDocument, { domain }: Axis): number {
  const values = domain.kind === 'values' ? domain.values.length : Infinity
  return Math.min(values * runRepeats(tree), runCap(tree))
}
