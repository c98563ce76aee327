/** Runs as a table for a paper, a page or a terminal: what differs between them, and how they did. */
import type { RunRow } from './runEvent.ts'
import { goalOf, scoreOf } from './runOrder.ts'
import { differing, flatten } from './specDifference.ts'
import { metricName, metricValue } from './words.ts'

export interface RunsTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The best of each column, as an index of a row; `null` where none is better than the others. */
  readonly best: readonly (number | null)[]
}

const results = ['test/recallAt1', 'test/mapAtR', 'test/rPrecision', 'loss']
/** What a single run is told by. */
const headline = ['mining.strategy', 'loss.margin']

export function runsTable(runs: readonly RunRow[]): RunsTable {
  const flats = runs.map(run => flatten(run.spec))
  const settings = runs.length > 1 ? differing(flats) : headline
  const metrics = results.filter(metric => runs.some(run => scoreOf(run, metric) !== undefined))
  const scores = metrics.map(metric => runs.map(run => scoreOf(run, metric)))
  return {
    head: ['run', ...settings, ...metrics.map(metricName)],
    rows: runs.map((run, i) => [
      run.name,
      ...settings.map(path => String(flats[i].get(path) ?? '')),
      ...metrics.map((metric, at) => {
        const score = scores[at][i]
        return score === undefined ? '' : metricValue(metric, score)
      }),
    ]),
    best: [null, ...settings.map(() => null), ...metrics.map((metric, at) => bestRow(metric, scores[at]))],
  }
}

function bestRow(metric: string, scores: readonly (number | undefined)[]): number | null {
  const goal = goalOf(metric)
  const found = scores.filter(score => score !== undefined)
  if (goal === undefined || found.length < 2) return null
  return scores.indexOf(goal === 'minimize' ? Math.min(...found) : Math.max(...found))
}

/** The best of each column is bold. */
export function markdownTable({ head, rows, best }: RunsTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const body = rows.map((row, i) =>
    line(row.map((cell, column) => (best[column] === i ? `**${markdownCell(cell)}**` : markdownCell(cell)))),
  )
  return [line(head.map(markdownCell)), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...body].join('')
}

const markdownCell = (text: string) => text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ')

/** A `tabular` that needs `\usepackage{booktabs}`; the best of each column is bold. */
export function latexTable({ head, rows, best }: RunsTable): string {
  const line = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\`
  const body = rows.map((row, i) =>
    line(row.map((cell, column) => (best[column] === i ? `\\textbf{${latexCell(cell)}}` : latexCell(cell)))),
  )
  return [
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '  \\toprule',
    line(head.map(latexCell)),
    '  \\midrule',
    ...body,
    '  \\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n')
}

/** What LaTeX takes for a command, and what its default fonts do not have. */
const latexSpecial: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  α: '$\\alpha$',
  '−': '$-$',
  '×': '$\\times$',
  '–': '--',
}
const latexCell = (text: string) =>
  text.replace(/[\\~^&%$#_{}<>|α−×–]/g, character => latexSpecial[character] ?? `\\${character}`).replace(/\s+/g, ' ')
