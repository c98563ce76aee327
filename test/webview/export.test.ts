import { describe, expect, test } from 'vitest'
import { Curve } from '../../webview/data/curve.ts'
import { curvesCsv, field } from '../../webview/export/csv.ts'
import { runMarkdown } from '../../webview/export/markdown.ts'
import { settingRows } from '../../webview/panel/logTab.ts'
import { runRow } from './fixtures.ts'

function curve(steps: number[], values: number[]): Curve {
  const made = new Curve()
  made.append(steps, values)
  return made
}

describe('CSV', () => {
  test('joins curves by step and leaves holes empty', () => {
    const curves = new Map([
      ['loss', curve([1, 2, 3], [0.5, 0.25, 0.125])],
      ['test/mapAtR', curve([2], [0.7])],
    ])
    expect(curvesCsv(curves, ['loss', 'test/mapAtR', 'unknown'])).toBe(
      'step,loss,test/mapAtR\n1,0.5,\n2,0.25,0.7\n3,0.125,\n',
    )
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

test('settings are written out as paths', () => {
  const rows = Object.fromEntries(settingRows(runRow().spec))
  expect(rows).toMatchObject({
    'loss.margin': '0.2',
    'model.hidden': '16',
    clipNorm: '–',
    'mining.strategy': 'semi-hard',
  })
})
