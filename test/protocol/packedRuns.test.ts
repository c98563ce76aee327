import * as v from 'valibot'
import { expect, test } from 'vitest'
import { PackedRuns, packRuns } from '../../protocol/packedRuns.ts'
import { SpecDecoder } from '../../protocol/specDecoder.ts'
import { runRow } from '../webview/fixtures.ts'

const summary = (value: number) => ({
  last: value,
  lastStep: 3,
  min: value - 1,
  minStep: 1,
  max: value + 1,
  maxStep: 2,
})
const { spec } = runRow()
const runs = [
  runRow({ id: 3, summaries: { loss: summary(1), 'test/recallAt1': summary(2) } }),
  runRow({ id: 2, spec: { ...spec, seed: 9, loss: { ...spec.loss, margin: 0.5 } }, summaries: { loss: summary(4) } }),
  runRow({ id: 1, spec: JSON.parse(JSON.stringify(spec)) as typeof spec, tags: ['paper'], heading: 'a' }),
]
const sent = (metrics?: string[]) => v.parse(PackedRuns, JSON.parse(JSON.stringify(packRuns(runs, metrics)))).runs

test('rows come back as they were', () => {
  expect(sent()).toEqual(runs)
  expect(v.parse(PackedRuns, packRuns([])).runs).toEqual([])
})

test('only the metrics that were asked for are sent', () => {
  expect(sent(['loss', 'unheard/of']).map(run => Object.keys(run.summaries))).toEqual([['loss'], ['loss'], []])
})

test('parts of specs that are equal are sent once, and are the same objects afterwards', () => {
  expect(packRuns(runs).parts['seed']).toEqual([1, 9])
  expect(packRuns(runs).parts['model']).toHaveLength(1)
  const [first, second, third] = sent()
  expect(first.spec.model).toBe(second.spec.model)
  expect(first.spec.loss).toBe(third.spec.loss)
})

test('what names parts that were not sent, or is no spec, is refused', () => {
  const packed = packRuns(runs)
  expect(() => v.parse(PackedRuns, { ...packed, parts: { ...packed.parts, loss: [] } })).toThrow('loss')
  expect(() => v.parse(PackedRuns, { ...packed, parts: { ...packed.parts, seed: ['x', 'y'] } })).toThrow()
  const decoder = new SpecDecoder()
  expect(() => decoder.decode({ ...spec, loss: { ...spec.loss, margin: -1 } })).toThrow()
  expect(() => decoder.decode(null)).toThrow()
  expect(decoder.decode(spec)).toEqual(spec)
})
