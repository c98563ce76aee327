import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { emptyTable, PackedRuns, packRuns, packTable, setSummary, SummaryTable } from '../../protocol/packedRuns.ts'
import { RunSpec } from '../../protocol/runSpec.ts'
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
/** The summaries of a metric, as the store gives them. */
function table(metric: string): SummaryTable {
  const having = runs.filter(run => metric in run.summaries)
  const made = emptyTable(metric, having.length)
  for (const [i, run] of having.entries()) setSummary(made, i, run.id, run.summaries[metric])
  return made
}
const packed = packRuns(runs, ['loss', 'test/recallAt1', 'unheard/of'].map(table))
const sent = () => v.parse(PackedRuns, JSON.parse(JSON.stringify(packed))).runs

test('rows come back as they were', () => {
  expect(sent()).toEqual(runs)
  expect(v.parse(PackedRuns, packRuns([], [])).runs).toEqual([])
})

test('summaries of runs that are not there, and of no metric, change nothing', () => {
  expect(v.parse(PackedRuns, packRuns(runs.slice(1), [table('loss')])).runs.map(run => run.summaries)).toEqual([
    { loss: summary(4) },
    {},
  ])
  expect(v.parse(PackedRuns, packRuns(runs, [])).runs.map(run => run.summaries)).toEqual([{}, {}, {}])
})

test('summaries come back exactly, from any place in memory', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 7, maxLength: 28 }), numbers => {
      const whole = numbers.slice(0, 7 * Math.floor(numbers.length / 7))
      const given = new Float64Array([0, ...whole]).subarray(1)
      const back = v.parse(SummaryTable, JSON.parse(JSON.stringify(packTable({ metric: 'loss', numbers: given }))))
      expect([...back.numbers]).toEqual(whole)
    }),
  )
  expect(() => v.parse(SummaryTable, { metric: 'loss', numbers: 'AAAA' })).toThrow('loss')
})

test('parts of specs that are equal are sent once, and are the same objects afterwards', () => {
  expect(packed.parts['seed']).toEqual([1, 9])
  expect(packed.parts['model']).toHaveLength(1)
  const [first, second, third] = sent()
  expect(first.spec.model).toBe(second.spec.model)
  expect(first.spec.loss).toBe(third.spec.loss)
})

test('what names parts that were not sent, or is no spec, is refused', () => {
  expect(() => v.parse(PackedRuns, { ...packed, parts: { ...packed.parts, loss: [] } })).toThrow('loss')
  expect(() => v.parse(PackedRuns, { ...packed, specs: [] })).toThrow('version')
  expect(() => v.parse(PackedRuns, { ...packed, runs: { ...packed.runs, name: ['one'] } })).toThrow('length')
  expect(() => v.parse(PackedRuns, { ...packed, runs: { ...packed.runs, status: ['x', 'y', 'z'] } })).toThrow()
  expect(() => v.parse(PackedRuns, { ...packed, parts: { ...packed.parts, seed: ['x', 'y'] } })).toThrow()
  const decoder = new SpecDecoder()
  expect(() => decoder.decode({ ...spec, loss: { ...spec.loss, margin: -1 } })).toThrow()
  expect(() => decoder.decode(null)).toThrow()
  expect(decoder.decode(spec)).toEqual(spec)
})

const asText = fc.constantFrom<(value: unknown) => string>(
  value => JSON.stringify(value),
  value => JSON.stringify(value, null, 2),
  value => ` ${JSON.stringify(value)} `,
)
const changed = fc.record({
  seed: fc.integer(),
  path: fc.string({ unit: 'binary' }),
  margin: fc.constantFrom(0.1, 0.2, 1e-7),
  more: fc.dictionary(fc.string(), fc.jsonValue()),
  order: fc.shuffledSubarray(Object.keys(spec), { minLength: Object.keys(spec).length }),
  write: asText,
})

test('the text of a spec is decoded as the spec is, whatever texts came before', () => {
  fc.assert(
    fc.property(fc.array(changed, { minLength: 2, maxLength: 6 }), list => {
      const decoder = new SpecDecoder()
      for (const { seed, path, margin, more, order, write } of list) {
        const own = { ...spec, seed, dataset: { kind: 'folder', path }, loss: { ...spec.loss, margin } }
        const members = order.map(name => [name, own[name as keyof typeof own]])
        const text = write(Object.fromEntries([...Object.entries(more), ...members]))
        expect(decoder.decodeText(text)).toEqual(v.parse(RunSpec, own))
      }
    }),
  )
})

test('a text that was cut or changed is decoded as JSON.parse would have it, or refused where it would be', () => {
  const outcome = (decode: () => unknown) => {
    try {
      // As it is written: −0 is 0 there.
      return JSON.stringify(decode())
    } catch {
      // Which of several mistakes is met first is another matter.
      return 'refused'
    }
  }
  const good = JSON.stringify(spec)
  const comma = good.lastIndexOf(',')
  expect(() => new SpecDecoder().decodeText(`${good.slice(0, comma)}]${good.slice(comma + 1)}`)).toThrow(SyntaxError)
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(3), fc.string({ maxLength: 3 }), (at, length, typed) => {
      const decoder = new SpecDecoder()
      decoder.decodeText(good)
      const text = good.slice(0, at) + typed + good.slice(at + length)
      expect(outcome(() => decoder.decodeText(text))).toEqual(outcome(() => v.parse(RunSpec, JSON.parse(text))))
    }),
    { numRuns: 1000 },
  )
})
