import { expect, test } from 'vitest'
import { isMostlyEasy } from '../../webview/panel/lesson.ts'

test('what single batches say makes the sentence neither come nor go', () => {
  const easy = (center: number, points: number) => Array.from({ length: points }, (_, i) => center + 0.1 * (-1) ** i)
  const seen = (values: readonly number[], from: number) => {
    const answers = new Set<boolean>()
    for (let end = from; end <= values.length; end++) answers.add(isMostlyEasy(Float64Array.from(values.slice(0, end))))
    return [...answers]
  }
  // Single batches cross both limits.
  expect(seen([...easy(0.1, 40), ...easy(0.28, 200)], 40)).toEqual([false])
  expect(seen([...easy(0.5, 40), ...easy(0.28, 200)], 40)).toEqual([true])
  expect(isMostlyEasy(Float64Array.from([...easy(0.5, 40), ...Array<number>(40).fill(0)]))).toBe(false)
  expect(isMostlyEasy(undefined)).toBe(false)
})
