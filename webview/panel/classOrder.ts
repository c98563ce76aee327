/** The results of single classes in any order. Pure. */
import type { ClassesDetail } from '../../protocol/details.ts'

export type ClassScore = ClassesDetail['classes'][number]
export type ClassColumn = keyof ClassScore
export const classColumns = ['name', 'queries', 'recallAt1', 'rPrecision', 'mapAtR'] as const satisfies ClassColumn[]

/** Equal ones by their names, so that the same order comes again. */
export function sortedClasses(classes: readonly ClassScore[], column: ClassColumn, descending: boolean): ClassScore[] {
  const direction = descending ? -1 : 1
  const byName = (a: ClassScore, b: ClassScore) => a.name.localeCompare(b.name, undefined, { numeric: true })
  return classes.toSorted((a, b) => {
    const difference = column === 'name' ? byName(a, b) : a[column] - b[column]
    return direction * difference || byName(a, b)
  })
}
