import { describe, expect, test } from 'vitest'
import { latexTable, markdownTable, runsTable } from '../../protocol/runsTable.ts'
import { runRow } from '../webview/fixtures.ts'

const { spec } = runRow()
const summary = (value: number) => ({ last: value, lastStep: 1, min: value, minStep: 1, max: value, maxStep: 1 })
const runs = [
  runRow({ id: 1, name: 'α 0.2 | 50 %', summaries: { 'test/recallAt1': summary(0.612), loss: summary(0.1) } }),
  runRow({
    id: 2,
    name: 'batch_hard & <x>',
    spec: { ...spec, loss: { ...spec.loss, margin: 0.5 } },
    summaries: { 'test/recallAt1': summary(0.5) },
  }),
]

describe('runs as a table', () => {
  test('has what differs, the results, and the best of each', () => {
    expect(runsTable(runs)).toEqual({
      head: ['run', 'loss.margin', 'R@1', 'loss'],
      rows: [
        ['α 0.2 | 50 %', '0.2', '0.612', '0.100'],
        ['batch_hard & <x>', '0.5', '0.500', ''],
      ],
      best: [null, null, 0, null],
    })
    expect(runsTable([runs[1]]).head).toEqual(['run', 'mining.strategy', 'loss.margin', 'R@1'])
  })

  test('in Markdown, with its signs escaped', () => {
    expect(markdownTable(runsTable(runs))).toBe(
      [
        '| run | loss.margin | R@1 | loss |',
        '| --- | ---: | ---: | ---: |',
        '| α 0.2 \\| 50 % | 0.2 | **0.612** | 0.100 |',
        '| batch\\_hard & \\<x\\> | 0.5 | 0.500 |  |',
        '',
      ].join('\n'),
    )
  })

  test('in LaTeX, with its signs escaped', () => {
    expect(latexTable(runsTable(runs))).toBe(
      [
        '\\begin{tabular}{lrrr}',
        '  \\toprule',
        '  run & loss.margin & R@1 & loss \\\\',
        '  \\midrule',
        '  $\\alpha$ 0.2 \\textbar{} 50 \\% & 0.2 & \\textbf{0.612} & 0.100 \\\\',
        '  batch\\_hard \\& \\textless{}x\\textgreater{} & 0.5 & 0.500 &  \\\\',
        '  \\bottomrule',
        '\\end{tabular}',
        '',
      ].join('\n'),
    )
  })
})
