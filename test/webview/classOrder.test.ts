import { expect, test } from 'vitest'
import { sortedClasses } from '../../webview/panel/classOrder.ts'

const score = (name: string, queries: number, mapAtR: number) => ({
  name,
  queries,
  recallAt1: 0,
  rPrecision: 0,
  mapAtR,
})
const classes = [score('cat 10', 4, 0.5), score('cat 9', 4, 0.2), score('ant', 8, 0.9)]
const names = (...order: Parameters<typeof sortedClasses> extends [unknown, ...infer Rest] ? Rest : never) =>
  sortedClasses(classes, ...order).map(one => one.name)

test('classes are ordered by a column either way, equal ones by name, as a person counts', () => {
  expect(names('mapAtR', false)).toEqual(['cat 9', 'cat 10', 'ant'])
  expect(names('mapAtR', true)).toEqual(['ant', 'cat 10', 'cat 9'])
  expect(names('queries', true)).toEqual(['ant', 'cat 9', 'cat 10'])
  expect(names('name', false)).toEqual(['ant', 'cat 9', 'cat 10'])
  expect(names('name', true)).toEqual(['cat 10', 'cat 9', 'ant'])
})
