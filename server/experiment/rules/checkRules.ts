/** Applies the rules to the runs of a file. */
import type { ExperimentContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import { combinations, oneAtATime } from '../grid.ts'
import type { Inspection } from '../inspect.ts'
import { countCombinations } from '../axes.ts'
import { RunSpec } from '../../../protocol/runSpec.ts'
import { textOf } from '../specText.ts'
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
  const asked = new Map(rules.map(rule => [rule, new Asked()]))
  for (const { result, chosen } of visit(tree, inspection.axes, context.folder, broken)) {
    if (result.kind === 'none') continue
    const { spec } = result
    let looked = new Set<string>()
    const sight = new Sight(tree, spec, chosen, context, section => looked.add(section))
    for (const [rule, before] of asked) {
      if (before.knows(spec)) continue
      looked = new Set(always)
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
      before.add(spec, looked)
    }
  }
  return [...found.values()]
}

/** What every rule is taken to have looked at. */
const always: readonly (keyof RunSpec)[] = ['dataset', 'image']

/**
 * The runs that a rule was asked about, each as what the rule looked at. A run in which all of that is the same gets the
 * same answer: the runs of a sweep differ in little, and most rules look at little.
 */
class Asked {
  readonly #looks: { readonly sections: readonly (keyof RunSpec)[]; readonly spec: RunSpec }[] = []

  knows(spec: RunSpec): boolean {
    return this.#looks.some(look => look.sections.every(section => isSame(look.spec[section], spec[section])))
  }

  add(spec: RunSpec, looked: ReadonlySet<string>): void {
    const sections = sectionsOf.filter(
      section => looked.has(section) || (section === 'clipNorm' && looked.has('optimizer')),
    )
    this.#looks.push({ sections, spec })
  }
}

const sectionsOf = Object.keys(RunSpec.entries) as (keyof RunSpec)[]

function place({ offset, length }: Span): string {
  return `${offset}+${length}`
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && textOf(a) === textOf(b))
}
