/** Narrower axes around what did best. */
import { inRange, type NumberSetting } from '../catalog/entry.ts'
import type { Axis } from '../experiment/axes.ts'
import { inline } from '../experiment/editText.ts'
import type { Fix } from '../experiment/finding.ts'
import { isInherited, member, type Value } from '../experiment/tree.ts'
import type { ExperimentDocument } from './document.ts'

export interface Refinement {
  /** As it is shown: `[0.15, 0.2, 0.35]`, `0.0011 – 0.0052`. */
  readonly text: string
  readonly edits: Fix['edits']
}

/** @returns `null` where nothing is left between the neighbours, or where the axis stands in another file */
export function refineAxis(document: ExperimentDocument, axis: Axis, best: Value): Refinement | null {
  if (isInherited(document.tree, axis.span)) return null
  const site = document.inspection.sites.find(one => one.value.span === axis.span)
  if (site?.value.kind !== 'object') return null
  const at = (key: string) => member(site.value, key)?.value?.span ?? axis.span
  const values = refineValues(axis, best)
  if (values !== null) return { text: inline(values), edits: [{ span: at('values'), text: inline(values) }] }
  const ends = refineInterval(axis, best)
  if (ends === null) return null
  const [min, max] = ends
  return {
    text: `${min} – ${max}`,
    edits: [
      { span: at('min'), text: String(min) },
      { span: at('max'), text: String(max) },
    ],
  }
}

/** Halfway to the neighbours on either side: by ratio where only ratios matter. */
export function refineValues({ setting, domain }: Axis, best: Value): number[] | null {
  if (setting.kind !== 'number' || best.kind !== 'number' || domain.kind !== 'values') return null
  const all = domain.values.flatMap(one => (one.kind === 'number' ? [one.value] : [])).sort((a, b) => a - b)
  const at = all.indexOf(best.value)
  const byRatio = setting.logarithmic === true
  const middle = (a: number, b: number) => (byRatio && a > 0 ? Math.sqrt(a * b) : (a + b) / 2)
  const below = at > 0 ? middle(all[at - 1] ?? best.value, best.value) : best.value / (byRatio ? 2 : 1.5)
  const above = at + 1 < all.length ? middle(best.value, all[at + 1] ?? best.value) : best.value * (byRatio ? 2 : 1.5)
  const values = [tidy(below, setting), best.value, tidy(above, setting)].filter(one => inRange(one, setting.range))
  const distinct = [...new Set(values)]
  return distinct.length > 1 ? distinct : null
}

/** A third as wide, with the best in its middle; it may reach beyond an end that the best was near to. */
function refineInterval({ setting, domain }: Axis, best: Value): [min: number, max: number] | null {
  if (setting.kind !== 'number' || best.kind !== 'number' || domain.kind !== 'interval') return null
  const isLog = domain.distribution.includes('log')
  const [to, from] = isLog ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x]
  const half = (to(domain.max) - to(domain.min)) / 6
  const end = (side: 1 | -1, fallback: number) => {
    const value = tidy(from(to(best.value) + side * half), setting)
    return inRange(value, setting.range) ? value : fallback
  }
  const [min, max] = [end(-1, domain.min), end(1, domain.max)]
  return min < max && (min > domain.min || max < domain.max) ? [min, max] : null
}

/** Two significant digits, or a whole number. */
export function tidy(value: number, { integer }: NumberSetting): number {
  return integer ? Math.round(value) : Number(value.toPrecision(2))
}
