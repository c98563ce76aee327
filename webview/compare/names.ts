/** What runs are called beside one another. Two of the same name would be told apart by their colour alone. Pure. */
import { differing } from '../../protocol/specDifference.ts'
import type { Column } from './table.ts'

/** Settings that stand behind a name that several have. */
const mostSettings = 2

/**
 * By the number of each run. A group of seeds has no seed in its name; columns that would be called the same have the
 * settings in which they differ behind it, or their numbers where there are none.
 */
export function namesOf(columns: readonly Column[]): ReadonlyMap<number, string> {
  const alike = Map.groupBy(columns, column => plainName(column))
  const names = new Map<number, string>()
  for (const [name, namesakes] of alike) {
    const paths = differing(namesakes.map(column => column.flat)).slice(0, mostSettings)
    for (const { run, runs, flat } of namesakes) {
      const settings = paths.map(path => `${path.slice(path.lastIndexOf('.') + 1)} ${String(flat.get(path) ?? '–')}`)
      const apart = settings.length > 0 ? settings.join(' ') : `#${run.id}`
      for (const { id } of runs) names.set(id, namesakes.length === 1 ? name : `${name} · ${apart}`)
    }
  }
  return names
}

function plainName({ run, runs }: Column): string {
  if (runs.length === 1) return run.name
  const name = run.name.replace(/\s*\bseed \d+\b/, '').trim()
  return name === '' ? run.name : name
}
