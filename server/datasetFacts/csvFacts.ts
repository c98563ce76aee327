/** Facts of a CSV manifest: its labels and its split column. */
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import type { KnownFacts } from '../catalog/datasets.ts'
import { factsOfCounts } from './factsOfCounts.ts'

const Row = v.object({ path: v.string(), label: v.string(), split: v.optional(v.string()) })

export async function csvFacts(path: string): Promise<KnownFacts> {
  const counts = new Map<string, number>()
  let training = 0
  let hasGivenSplit = false
  const rows = createReadStream(path).pipe(parse({ columns: true, bom: true, trim: true, skip_empty_lines: true }))
  for await (const row of rows) {
    const decoded = v.safeParse(Row, row)
    if (!decoded.success) throw new Error(l10n.t('it needs the columns path and label'))
    const { label, split } = decoded.output
    counts.set(label, (counts.get(label) ?? 0) + 1)
    if (split !== undefined) hasGivenSplit = true
    if (split?.toLowerCase() === 'train') training++
  }
  if (counts.size === 0) throw new Error(l10n.t('it lists no pictures'))
  return { ...factsOfCounts([...counts.values()]), hasGivenSplit, givenTraining: hasGivenSplit ? training : null }
}
