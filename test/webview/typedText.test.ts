import { describe, expect, test } from 'vitest'
import { TypedText } from '../../webview/panel/typedText.ts'

/** A field that shows `stored`, and in which `text` was written. */
function written(stored: string, text: string, mayBeEmpty = true): TypedText {
  const field = new TypedText({ mayBeEmpty })
  field.show(stored)
  field.write(text)
  return field
}

describe('a text field', () => {
  test('shows what is stored until somebody writes, and then what is written, whatever comes', () => {
    const field = new TypedText({ mayBeEmpty: true })
    expect(field.show('a')).toBe('a')
    expect(field.show('b')).toBe('b')
    field.write('b, and m')
    expect(field.show('b')).toBe('b, and m')
    expect(field.show('from another window')).toBe('b, and m')
  })

  test('is kept once when it is left, and shows what was written until the answer comes', () => {
    const field = written('old', ' new ')
    expect(field.leave()).toBe('new')
    expect(field.leave()).toBeUndefined()
    expect(field.show('old')).toBe(' new ')
    expect(field.show('new')).toBe('new')
    // From now on what is stored counts again.
    expect(field.show('renamed elsewhere')).toBe('renamed elsewhere')
  })

  test('is kept in pauses, each time it differs', () => {
    const field = written('', 'one')
    expect(field.keep()).toBe('one')
    expect(field.keep()).toBeUndefined()
    field.write('one two ')
    expect(field.show('one')).toBe('one two ')
    expect(field.keep()).toBe('one two')
    expect(field.show('one two')).toBe('one two ')
    expect(field.leave()).toBeUndefined()
    expect(field.show('one two')).toBe('one two')
  })

  test('is kept when it is written back to what was stored before the last pause', () => {
    const field = written('a', 'ab')
    expect(field.keep()).toBe('ab')
    field.write('a')
    expect(field.leave()).toBe('a')
    // The answer to the pause comes first; then there is one to the end.
    expect(field.show('ab')).toBe('ab')
    expect(field.show('a')).toBe('a')
  })

  test('goes back to what is stored when nothing new was written', () => {
    const field = written('a', 'a ')
    expect(field.leave()).toBeUndefined()
    expect(field.show('a')).toBe('a')
  })

  test('may be emptied, or not', () => {
    expect(written('a', '').leave()).toBe('')
    const name = written('a', ' ', false)
    expect(name.leave()).toBeUndefined()
    expect(name.show('a')).toBe('a')
  })
})
