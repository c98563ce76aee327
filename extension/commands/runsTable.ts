/** Runs as a table for other programs and for papers: what differs between them, and how they did. */
import type { RunRow } from '../../protocol/runEvent.ts'
import { differing, flatten } from '../../protocol/specDifference.ts'
import { metricName, metricValue } from '../../protocol/words.ts'
import { scoreOf } from '../views/runOrder.ts'

export type TableFormat = 'markdown' | 'latex' | 'csv'

const results = ['test/recallAt1', 'test/mapAtR', 'test/rPrecision', 'loss']

export function runsTable(runs: readonly RunRow[], format: TableFormat): string {
  const flats = runs.map(run => flatten(run.spec))
  const settings = runs.length > 1 ? differing(flats) : ['mining.strategy', 'loss.margin']
  const metrics = results.filter(metric => runs.some(run => scoreOf(run, metric) !== undefined))
  const exact = format === 'csv'
  const head = ['run', ...settings, ...metrics.map(metric => (exact ? metric : metricName(metric)))]
  const rows = runs.map((run, i) => [
    run.name,
    ...settings.map(path => String(flats[i].get(path) ?? '')),
    ...metrics.map(metric => {
      const score = scoreOf(run, metric)
      return score === undefined ? '' : exact ? String(score) : metricValue(metric, score)
    }),
  ])
  switch (format) {
    case 'markdown':
      return (
        [head, head.map(() => '---'), ...rows].map(row => `| ${row.map(markdownCell).join(' | ')} |`).join('\n') + '\n'
      )
    case 'latex':
      return latex(head, rows)
    case 'csv':
      return [head, ...rows].map(row => row.map(csvField).join(',')).join('\n') + '\n'
  }
}

function latex(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `  ${cells.map(latexCell).join(' & ')} \\\\`
  return [
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '  \\toprule',
    line(head),
    '  \\midrule',
    ...rows.map(line),
    '  \\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n')
}

const markdownCell = (text: string) =>
  text === '---' ? text : text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ')

const latexSpecial: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}
const latexCell = (text: string) =>
  text
    .replace(/[\\~^&%$#_{}]/g, character => latexSpecial[character] ?? `\\${character}`)
    .replaceAll('α', '$\\alpha$')
    .replace(/\s+/g, ' ')

const csvField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
