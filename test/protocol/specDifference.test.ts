import { expect, test } from 'vitest'
import { differing, flatten, seedGroup } from '../../protocol/specDifference.ts'
import { runRow } from '../webview/fixtures.ts'

const { spec } = runRow()

test('only what differs is named, in the order of the settings', () => {
  const other = { ...spec, seed: 2, loss: { ...spec.loss, margin: 0.5 } }
  expect(differing([flatten(spec), flatten(other)])).toEqual(['loss.margin', 'seed'])
  expect(differing([flatten(spec), flatten(spec)])).toEqual([])
})

test('a setting that only one of them has differs', () => {
  const other = { ...spec, mining: { strategy: 'batch-hard' as const } }
  expect(differing([flatten(spec), flatten(other)])).toEqual(['mining.strategy', 'mining.fallback'])
})

test('repeats with another seed or another fold belong together', () => {
  const folds = (fold: number) => seedGroup(flatten({ ...spec, split: { ...spec.split, folds: 5, fold } }))
  expect(folds(1)).toBe(folds(4))
  expect(folds(1)).not.toBe(seedGroup(flatten(spec)))
  expect(seedGroup(flatten(spec))).toBe(seedGroup(flatten({ ...spec, seed: 9 })))
  expect(seedGroup(flatten(spec))).not.toBe(seedGroup(flatten({ ...spec, epochs: 9 })))
})
