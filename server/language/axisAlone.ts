/** A file in which a single axis varies: the others stand at what did best so far, else at their first or middle value. */
import type { Json } from '../catalog/entry.ts'
import type { Axis } from '../experiment/axes.ts'
import { inline, setAt } from '../experiment/editText.ts'
import type { Fix } from '../experiment/finding.ts'
import { isInherited, toJson } from '../experiment/tree.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { tidy } from './refine.ts'
import { bestValues } from './results.ts'

/** @returns `null` when the file has no such axis */
export function editsToVaryAlone(
  document: ExperimentDocument,
  context: LanguageContext,
  path: string,
): Fix['edits'] | null {
  const { axes } = document.inspection
  if (!axes.some(axis => axis.path === path)) return null
  const best = bestValues(document, context) ?? {}
  return axes
    .filter(axis => axis.path !== path)
    .flatMap(axis => {
      const value = Object.hasOwn(best, axis.path) ? best[axis.path] : plainValue(axis)
      if (isInherited(document.tree, axis.span)) return setAt(document.tree, axis.path, value) ?? []
      return [{ span: axis.span, text: inline(value) }]
    })
}

function plainValue({ domain, setting }: Axis): Json {
  if (domain.kind === 'values') return domain.values.slice(0, 1).map(toJson).at(0) ?? null
  const { min, max, distribution } = domain
  const middle = distribution.includes('log') ? Math.sqrt(min * max) : (min + max) / 2
  return setting.kind === 'number' ? tidy(middle, setting) : middle
}
