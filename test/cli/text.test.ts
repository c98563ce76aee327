import { expect, test } from 'vitest'
import { columns, fitting, padded } from '../../server/cli/text.ts'

test('columns stand below one another, in any script', () => {
  expect(columns([['run', 'state', 'x'], ['1', '已完成', 'y'], ['12', 'done', 'z']])).toEqual([
    'run  state   x',
    '1    已完成  y',
    '12   done    z',
  ]) // prettier-ignore
  expect(padded('中', 4)).toBe('中  ')
  expect(padded('longer', 4)).toBe('longer')
})

test('a line is cut where the terminal ends, never through a letter', () => {
  expect(fitting('α 0.2', 10)).toBe('α 0.2')
  expect(fitting('α 0.25', 4)).toBe('α 0.')
  expect(fitting('三元组', 5)).toBe('三元')
  expect(fitting('三元组', 0)).toBe('')
})
