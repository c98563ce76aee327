import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttled } from '../../protocol/throttled.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('calls at once, then once per interval, and never loses the last call', () => {
  const call = vi.fn()
  const soon = throttled(50, call)
  soon()
  vi.advanceTimersByTime(0)
  expect(call).toHaveBeenCalledTimes(1)
  for (let i = 0; i < 9; i++) {
    soon()
    vi.advanceTimersByTime(5)
  }
  expect(call).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(5)
  expect(call).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(500)
  expect(call).toHaveBeenCalledTimes(2)
  soon()
  vi.advanceTimersByTime(0)
  expect(call).toHaveBeenCalledTimes(3)
})
