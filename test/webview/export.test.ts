import { describe, expect, test } from 'vitest'
import { field, seriesCsv, tableCsv } from '../../protocol/csv.ts'
import { runMarkdown, summaryMarkdown } from '../../webview/export/markdown.ts'
import { settingRows } from '../../webview/panel/logTab.ts'
import { runRow } from './fixtures.ts'

describe('CSV', () => {
  test('joins curves by step and leaves holes empty', () => {
    const series = [
      { metric: 'loss', steps: [1, 2, 3], values: [0.5, 0.25, 0.125] },
      { metric: 'test/mapAtR', steps: [2], values: [0.7] },
    ]
    expect(seriesCsv(series)).toBe('step,loss,test/mapAtR\n1,0.5,\n2,0.25,0.7\n3,0.125,\n')
    expect(seriesCsv([])).toBe('step\n')
  })

  test('tables keep their cells apart', () => {
    expect(tableCsv(['x', 'class'], [[1.5, 'a, "b"']])).toBe('x,class\n1.5,"a, ""b"""\n')
  })

  test('quotes what would break a line', () => {
    expect(field('a,"b"\n')).toBe('"a,""b""\n"')
    expect(field('plain')).toBe('plain')
  })
})

test('Markdown keeps a hostile name inside its place', () => {
  const text = runMarkdown(runRow({ name: '<img src=x> | **a**\nb' }))
  expect(text.split('\n')[0]).toBe('**\\<img src=x\\> \\| \\*\\*a\\*\\* b** (emoji.triplet.json)')
})

test('a chart as Markdown has one line a metric', () => {
  const run = runRow({
    summaries: { loss: { last: 0.1, lastStep: 9, min: 0.05, minStep: 7, max: 0.2, maxStep: 1 } },
  })
  const lines = summaryMarkdown('Loss', run, ['loss', 'unknown']).split('\n')
  expect(lines).toEqual([
    '**Loss** (semi-hard α 0.2)',
    '',
    '| metric | last | smallest | largest |',
    '|---|---|---|---|',
    '| loss | 0.100 | 0.0500 (step 7) | 0.200 (step 1) |',
    '',
  ])
})

test('settings are written out as paths', () => {
  const rows = Object.fromEntries(settingRows(runRow().spec))
  expect(rows).toMatchObject({
    'loss.margin': '0.2',
    'model.hidden': '16',
    clipNorm: '–',
    'mining.strategy': 'semi-hard',
  })
})
