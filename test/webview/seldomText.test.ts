import { expect, test } from 'vitest'
import { SeldomText } from '../../webview/panel/seldomText.ts'

test('a text stands for a while, and is made anew at once where it is about something else', () => {
  const texts = new SeldomText()
  let made = 0
  const at = (now: number, about: string | null = 'run 1', name = 'loss') =>
    texts.of(name, about, now, () => String(++made))
  expect([at(0), at(5_000), at(9_999)]).toEqual(['1', '1', '1'])
  expect(at(10_000)).toBe('2')
  expect(at(10_001, 'run 2')).toBe('3')
  expect(at(10_002, 'run 2', 'distances')).toBe('4')
  expect(at(10_003, 'run 2')).toBe('3')
  expect([at(10_004, null), at(10_005, null)]).toEqual(['5', '6'])
})
