import { expect, test } from 'vitest'
import { isCollapsed } from '../../protocol/collapse.ts'
import { runRow } from '../webview/fixtures.ts'

const summaries = (values: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(values).map(([metric, value]) => [
      metric,
      { last: value, lastStep: 1, min: value, minStep: 1, max: value, maxStep: 1 },
    ]),
  )

test('all distances nothing and the loss at the margin is a collapse', () => {
  const values = { loss: 0.2001, dApMean: 1e-4, dAnMean: 2e-4 }
  expect(isCollapsed(runRow({ summaries: summaries(values) }))).toBe(true)
  expect(isCollapsed(runRow({ summaries: summaries({ ...values, dAnMean: 1.2 }) }))).toBe(false)
  expect(isCollapsed(runRow({ summaries: summaries({ ...values, loss: 0.1 }) }))).toBe(false)
  expect(isCollapsed(runRow())).toBe(false)
})

test('with a soft margin the plateau is ln(1 + e^α)', () => {
  const { spec } = runRow()
  const soft = { ...spec, loss: { ...spec.loss, softMargin: true } }
  const values = { loss: Math.log(1 + Math.exp(0.2)), dApMean: 0, dAnMean: 0 }
  expect(isCollapsed(runRow({ spec: soft, summaries: summaries(values) }))).toBe(true)
})
