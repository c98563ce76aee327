import { describe, expect, test } from 'vitest'
import { Clock } from '../../webview/data/clock.ts'
import { axisFor } from '../../webview/panel/axis.ts'
import { runRow } from './fixtures.ts'

describe('axes', () => {
  const run = runRow({ steps: 200, epochs: 4 })

  test('steps are themselves, epochs are shares of the run', () => {
    expect(axisFor('step', run, new Clock()).of(50)).toBe(50)
    expect(axisFor('epoch', run, new Clock()).of(50)).toBe(1)
    expect(axisFor('epoch', run, new Clock()).stepAt(1)).toBe(50)
  })

  test('time runs from the first known moment, straight between known ones', () => {
    const clock = new Clock()
    clock.add([0, 10, 20], [1000, 2000, 5000])
    const axis = axisFor('time', run, clock)
    expect([0, 5, 10, 15, 20, 99].map(step => axis.of(step))).toEqual([0, 500, 1000, 2500, 4000, 4000])
    expect([0, 500, 2500].map(time => axis.stepAt(time))).toEqual([0, 5, 15])
  })

  test('a clock that knows nothing stands still', () => {
    expect(axisFor('time', run, new Clock()).of(7)).toBe(0)
  })
})
