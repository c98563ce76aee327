/** Small grey numbers beside the text: what the settings amount to, and what swept values have reached. */
import * as l10n from '@vscode/l10n'
import { InlayHintKind, type InlayHint, type InlayHintLabelPart, type Range } from 'vscode-languageserver-types'
import { count, duration, metricName, metricValue } from '../../protocol/words.ts'
import type { Axis } from '../experiment/axes.ts'
import { inline } from '../experiment/editText.ts'
import { isInherited, toJson, valueAt, type Value } from '../experiment/tree.ts'
import { tripletsIn } from '../experiment/triplets.ts'
import { targetOf } from './bestRun.ts'
import { commands } from './commands.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { estimateDuration, factsOf } from './facts.ts'
import { refineAxis } from './refine.ts'
import { resultsOf } from './results.ts'

export function inlayHints(document: ExperimentDocument, context: LanguageContext, range: Range): InlayHint[] {
  const from = document.text.offsetAt(range.start)
  const to = document.text.offsetAt(range.end)
  const hints: InlayHint[] = []
  const add = (value: Value | undefined, label: string | InlayHintLabelPart[], tooltip: string) => {
    if (value === undefined) return
    const end = value.span.offset + value.span.length
    if (end < from || end > to) return
    hints.push({
      position: document.text.positionAt(end),
      label,
      tooltip: { kind: 'markdown', value: tooltip },
      kind: InlayHintKind.Type,
      paddingLeft: true,
    })
  }
  addAmounts(document, context, add)
  addResults(document, context, add)
  return hints
}

type Add = (value: Value | undefined, label: string | InlayHintLabelPart[], tooltip: string) => void

function addAmounts(document: ExperimentDocument, context: LanguageContext, add: Add): void {
  const facts = factsOf(document, context)
  if (facts === null) return
  const { spec, steps, parameters, picture } = facts
  const at = (...path: string[]) => valueAt(document.tree.own, path)
  const { classes: p, samplesPerClass: k } = spec.batch
  const all = tripletsIn(spec.batch, { strategy: 'batch-all' }) ?? 0
  if (spec.mining.strategy !== 'offline')
    add(
      at('batch'),
      l10n.t('{0} pictures, {1} triplets a batch', count(p * k), count(all)),
      l10n.t('P·K·(K − 1)·(P·K − K) = {0}·{1}·{2}·{3} valid triplets', p, k, k - 1, p * k - k),
    )
  const mined = tripletsIn(spec.batch, spec.mining)
  if (mined !== null)
    add(
      at('mining'),
      l10n.t('{0} triplets a step', count(mined)),
      l10n.t('What the miner gives to the loss in each step.'),
    )
  if (parameters !== null && picture !== null)
    add(
      at('model'),
      l10n.t('{0} parameters', thousands(parameters)),
      l10n.t(
        '{0} numbers to learn, for pictures of {1} × {2} × {3}.',
        count(parameters),
        picture.width,
        picture.height,
        picture.channels,
      ),
    )
  if (steps !== null) {
    const time = estimateDuration(facts, context)
    const perEpoch = l10n.t('{0} steps each', count(steps / spec.epochs))
    add(
      at('epochs'),
      time === null ? perEpoch : `${perEpoch}, ${l10n.t('about {0}', duration(time))}`,
      time === null
        ? l10n.t('{0} steps in all.', count(steps))
        : l10n.t('{0} steps in all; the time is estimated from earlier runs here.', count(steps)),
    )
  }
}

function addResults(document: ExperimentDocument, context: LanguageContext, add: Add): void {
  const { metric } = targetOf(document.tree)
  const shown = (value: number) => metricValue(metric, value)
  for (const { axis, values } of resultsOf(document, context))
    for (const result of values) {
      const { value, best, mean, count: runs, isBest } = result
      const isInterval = axis.domain.kind === 'interval'
      // The best number of an interval stands nowhere in the text: it is said behind the axis.
      const at = isInterval ? { ...value, span: axis.span } : value
      if (isInherited(document.tree, at.span)) continue
      const written = inline(toJson(value))
      const found = isInterval ? l10n.t('{0} at {1}', shown(best), written) : shown(best)
      const several = runs > 1 ? `, ${l10n.t('mean {0}', shown(mean))}` : ''
      const label: InlayHintLabelPart[] = [{ value: `${found}${several}${isBest ? ' ★' : ''}` }]
      if (isBest) label.push(...linksOf(document, axis, value))
      add(
        at,
        label,
        runs === 1
          ? l10n.t('{0} {1}, one run', metricName(metric), shown(best))
          : l10n.t('{0}: best {1}, mean {2} of {3} runs', metricName(metric), shown(best), shown(mean), runs),
      )
    }
}

/** What can be done with the best value: write it, or look closer around it. */
function linksOf(document: ExperimentDocument, axis: Axis, best: Value): InlayHintLabelPart[] {
  const written = inline(toJson(best))
  const { uri } = document.text
  const link = (value: string, tooltip: string, command: string, ...args: unknown[]): InlayHintLabelPart[] => [
    { value: ' ' },
    { value, tooltip, command: { title: tooltip, command, arguments: args } },
  ]
  const narrower = refineAxis(document, axis, best)
  return [
    ...link(l10n.t('use'), l10n.t('Write {0} in place of the sweep', written), commands.useValues, uri, {
      [axis.path]: toJson(best),
    }),
    ...(narrower === null
      ? []
      : link(
          l10n.t('refine'),
          l10n.t('Refine around {0}: {1}', written, narrower.text),
          commands.refine,
          uri,
          axis.path,
        )),
  ]
}

/** 93 k, 1.2 M. */
function thousands(value: number): string {
  if (value < 1_000) return String(value)
  if (value < 1_000_000) return `${Math.round(value / 1_000)} k`
  return `${(value / 1_000_000).toFixed(1)} M`
}
