/** Applies the rules to the runs of a file. */
import type { ExperimentContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import { combinations, oneAtATime } from '../grid.ts'
import type { Inspection } from '../inspect.ts'
import { countCombinations } from '../axes.ts'
import { isInherited, type ExperimentTree, type Span, type Value } from '../tree.ts'
import { Sight } from './rule.ts'
import { rules } from './rules.ts'

/** More runs than this are not looked at one by one: then every value of every axis is, with the others at their first. */
const enoughCombinations = 64

export function checkRules(tree: ExperimentTree, inspection: Inspection, context: ExperimentContext): Finding[] {
  const all = countCombinations(inspection.axes) <= enoughCombinations
  const visit = all ? combinations : oneAtATime
  const found = new Map<string, Finding>()
  const wrong = new Set(
    inspection.findings
      .filter(one => one.severity === 'error' && !isInherited(tree, one.span))
      .map(one => place(one.span)),
  )
  const broken = wrong.size === 0 ? undefined : (value: Value) => wrong.has(place(value.span))
  for (const { result, chosen } of visit(tree, inspection.axes, context.folder, broken)) {
    if (result.kind === 'none') continue
    const sight = new Sight(tree, result.spec, chosen, context)
    for (const rule of rules)
      for (const remark of rule.check(sight)) {
        const span = sight.span(remark.path)
        const finding = {
          code: rule.code,
          severity: rule.severity,
          span,
          message: remark.message,
          ...(remark.unnecessary === true ? { unnecessary: true } : {}),
          fixes: remark.fixes ?? [],
        }
        // The runs of a sweep share most of what they are; each thing is said once.
        const key = `${rule.code} ${place(span)}`
        if (!found.has(key)) found.set(key, finding)
      }
  }
  return [...found.values()]
}

function place({ offset, length }: Span): string {
  return `${offset}+${length}`
}
