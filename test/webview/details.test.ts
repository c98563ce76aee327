import { describe, expect, test } from 'vitest'
import { AskPace } from '../../webview/panel/askPace.ts'
import { Details } from '../../webview/panel/details.ts'

const classes = (step: number) => ({ step, data: { epoch: step, classes: [] } })
const answer = (found: ReturnType<typeof classes> | null, steps: number[]) =>
  ({ kind: 'detail', runId: 1, detail: 'classes', found, steps }) as const

describe('what a run keeps besides numbers', () => {
  test('is asked for with what is here already, and stays the same object while the same step is shown', () => {
    const details = new Details()
    expect(details.ask(1, 'classes', null)).toMatchObject({ step: null, knownStep: -1, shownStep: -1 })
    expect(details.isAwaited('classes')).toBe(true)
    details.take(answer(classes(3), [1, 3]))
    expect(details.isAwaited('classes')).toBe(false)
    const { data } = details.shown('classes') ?? {}
    expect(details.ask(1, 'classes', null)).toMatchObject({ knownStep: 3, shownStep: 3 })
    details.take(answer(null, []))
    details.take(answer(classes(3), []))
    expect(details.shown('classes')?.data).toBe(data)
    details.take(answer(classes(5), [5]))
    expect(details.shown('classes')).toMatchObject({ step: 5, data: { epoch: 5 } })
    expect(details.steps('classes')).toEqual([1, 3, 5])
  })

  test('that was chosen is asked for once; what was forgotten can be told', () => {
    const details = new Details()
    expect(details.ask(1, 'classes', 3)).toBeDefined()
    expect(details.ask(1, 'classes', 3)).toBeUndefined()
    details.clear()
    expect(details.cleared).toBe(1)
    expect(details.ask(1, 'classes', 3)).toBeDefined()
  })
})

describe('the newest', () => {
  test('is asked for once a second while there is news, and twice after the last', () => {
    const pace = new AskPace()
    expect(pace.look('step 1', 0)).toEqual({ isDue: true, again: 1000 })
    expect(pace.look('step 2', 400)).toEqual({ isDue: false, again: 600 })
    expect(pace.look('step 3', 1000)).toEqual({ isDue: true, again: 1000 })
    // The run has ended; what its last epoch left may be stored a little later.
    expect(pace.look('step 3', 2000)).toEqual({ isDue: true, again: null })
    expect(pace.look('step 3', 9000)).toEqual({ isDue: false, again: null })
  })

  test('is asked for at once when another moment was looked at in between', () => {
    const pace = new AskPace()
    pace.look('a', 0)
    pace.look('a', 1000)
    expect(pace.look('a', 1100).isDue).toBe(false)
    pace.restart()
    expect(pace.look('a', 1200)).toEqual({ isDue: true, again: 1000 })
  })
})
