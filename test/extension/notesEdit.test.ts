import { describe, expect, test } from 'vitest'
import { editOf, hasSeveralLines } from '../../extension/commands/notesEdit.ts'

describe('notes in a box of one line', () => {
  test('are not edited there when they have several', () => {
    expect(['', 'Because.', 'a\nb', 'a\r\nb', 'ends\n'].map(hasSeveralLines)).toEqual([false, false, true, true, true])
  })

  test('are written when they were changed here alone', () => {
    expect(editOf('', 'Because.', '')).toBe('write')
    expect(editOf('Because.', '', 'Because.')).toBe('write')
  })

  test('are not written when nothing was typed, whatever stands there by now', () => {
    expect(editOf('Because.', 'Because.', 'Because.')).toBe('nothing')
    expect(editOf('Because.', 'Because.', 'Written in the panel.')).toBe('nothing')
    expect(editOf('', 'The same.', 'The same.')).toBe('nothing')
  })

  test('never replace what somebody else wrote meanwhile', () => {
    expect(editOf('Because.', 'Because of it.', 'Written in the panel.')).toBe('changedElsewhere')
    expect(editOf('', 'Because.', 'two\nlines')).toBe('changedElsewhere')
  })
})
