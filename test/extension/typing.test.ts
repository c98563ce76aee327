import { expect, test } from 'vitest'
import { Typing } from '../../extension/views/typing.ts'

function typed() {
  const typing = new Typing()
  const done: string[] = []
  const type = (text: string, needed: Promise<unknown> = Promise.resolve()) =>
    typing.apply(needed, () => done.push(text))
  return { typing, done, type }
}

test('what is typed takes effect once what it needs is here, or cannot be had', async () => {
  const { done, type } = typed()
  const scores = Promise.withResolvers<undefined>()
  const waiting = type('R@1>0.8', scores.promise)
  await Promise.resolve()
  expect(done).toEqual([])
  scores.resolve(undefined)
  await waiting
  await type('loss<1', Promise.reject(new Error('The connection is closed.')))
  expect(done).toEqual(['R@1>0.8', 'loss<1'])
})

test('what is typed over meanwhile does not, also when the same is typed again', async () => {
  const { done, type } = typed()
  const scores = Promise.withResolvers<undefined>()
  const all = [type('a', scores.promise), type('ab', scores.promise), type('a', scores.promise)]
  scores.resolve(undefined)
  await Promise.all(all)
  expect(done).toEqual(['a'])
})

test('nothing takes effect when the box is gone', async () => {
  const { typing, done, type } = typed()
  const scores = Promise.withResolvers<undefined>()
  const waiting = type('R@1>0.8', scores.promise)
  typing.stop()
  scores.resolve(undefined)
  await waiting
  expect(done).toEqual([])
})
