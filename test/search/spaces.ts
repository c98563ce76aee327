/** Spaces for properties: choices, numbers of every kind, and axes that depend on a choice before them. */
import fc from 'fast-check'
import type { Condition, SearchAxis, Space } from '../../server/search/space.ts'

interface Draft {
  readonly kind: 'choice' | 'number'
  readonly count: number
  readonly min: number
  readonly width: number
  readonly log: boolean
  readonly step: boolean
  readonly dependent: boolean
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('choice' as const, 'number' as const),
  count: fc.integer({ min: 1, max: 4 }),
  min: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 0, max: 30 }),
  log: fc.boolean(),
  step: fc.boolean(),
  dependent: fc.boolean(),
})

function build(drafts: readonly Draft[], stepped: boolean): Space {
  const axes: SearchAxis[] = []
  for (const [i, one] of drafts.entries()) {
    const parent = axes.find(axis => axis.kind === 'choice')
    const condition: Condition | null =
      one.dependent && parent !== undefined ? { axis: parent.name, options: [0] } : null
    const name = `axis${i}`
    if (one.kind === 'choice') axes.push({ kind: 'choice', name, count: one.count, condition })
    else {
      const [min, max] =
        stepped || one.step ? [one.min, one.min + (one.width % 4)] : [one.min / 8, (one.min + one.width) / 8]
      const step = stepped || one.step ? 1 : null
      axes.push({ kind: 'number', name, min, max, scale: one.log ? 'log' : 'linear', step, condition })
    }
  }
  return axes
}

export const anySpace = fc.array(draft, { minLength: 1, maxLength: 4 }).map(drafts => build(drafts, false))
export const finiteSpace = fc.array(draft, { minLength: 1, maxLength: 3 }).map(drafts => build(drafts, true))
