import { describe, expect, test } from 'vitest'
import { Drawn, type Look } from '../../extension/views/drawn.ts'

const look = (still: string, progress = ''): Look => ({ whole: `${still} ${progress}`, still })

/** A line that was drawn at 0. */
function drawn(): Drawn {
  const lines = new Drawn()
  lines.give('run:1', look('running', '1 %'), 0)
  return lines
}

describe('a line of the sidebar is drawn again', () => {
  test('never while it looks as it did, nor when it was never shown', () => {
    expect(drawn().due('run:1', look('running', '1 %'), 5000)).toBeUndefined()
    expect(drawn().due('run:2', look('running', '1 %'), 5000)).toBeUndefined()
  })

  test('at once for anything but progress, read or not', () => {
    const lines = drawn()
    expect(lines.due('run:1', look('done'), 10)).toBe(10)
    lines.pointAt('run:1', 5)
    expect(lines.due('run:1', look('done'), 10)).toBe(10)
  })

  test('for progress every two seconds, which begin when it is drawn', () => {
    const lines = drawn()
    expect(lines.due('run:1', look('running', '2 %'), 100)).toBe(2000)
    expect(lines.due('run:1', look('running', '3 %'), 2500)).toBe(2500)
    lines.give('run:1', look('running', '3 %'), 2500)
    expect(lines.due('run:1', look('running', '4 %'), 2600)).toBe(4500)
  })

  test('for progress ten seconds after somebody pointed at it; other lines go on', () => {
    const lines = drawn()
    lines.give('run:2', look('running', '1 %'), 0)
    lines.pointAt('run:1', 1500)
    lines.pointAt('run:3', 1500)
    expect(lines.due('run:1', look('running', '2 %'), 3000)).toBe(11_500)
    expect(lines.due('run:2', look('running', '2 %'), 3000)).toBe(3000)
  })
})
