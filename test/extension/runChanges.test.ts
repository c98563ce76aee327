import { describe, expect, test } from 'vitest'
import { hasEnded, isStillEnded, mayGoOn, moved } from '../../extension/runChanges.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { runRow } from '../webview/fixtures.ts'

const run = runRow()

test('the tree is another one when a run moved or is called something else, not when it went on', () => {
  const changes: Partial<RunRow>[] = [
    { experiment: 'faces.triplet.json' },
    { heading: 'paper' },
    { place: 3 },
    { archived: true },
    { star: true },
    // Its namesake's line says what tells the two apart.
    { name: 'another' },
  ]
  for (const change of changes) expect(moved(run, { ...run, ...change }), JSON.stringify(change)).toBe(true)
  for (const change of [{ step: 11 }, { status: 'done' }, { notes: 'Because.' }] as const)
    expect(moved(run, { ...run, ...change })).toBe(false)
})

test('a run has ended when it had not before and somebody looked on', () => {
  const done = runRow({ status: 'done', ended: 5 })
  expect(hasEnded(run, done)).toBe(true)
  expect(hasEnded(undefined, done)).toBe(false)
  expect(hasEnded(done, done)).toBe(false)
  expect(hasEnded(done, run)).toBe(false)
})

describe('an end that a sweep may undo', () => {
  const failed = runRow({ sweepId: 3, status: 'failed', ended: 100 })

  test("is a sweep's failed run", () => {
    expect(mayGoOn(failed)).toBe(true)
    expect(mayGoOn({ ...failed, sweepId: null })).toBe(false)
    expect(mayGoOn({ ...failed, status: 'done' })).toBe(false)
  })

  test('is told of while the run stands as it ended', () => {
    expect(isStillEnded(failed, failed)).toBe(true)
    expect(isStillEnded(failed, { ...failed, notes: 'Why?' })).toBe(true)
  })

  test('is not told of when the run trains again, failed once more or is gone', () => {
    expect(isStillEnded(failed, { ...failed, status: 'queued', ended: null })).toBe(false)
    expect(isStillEnded(failed, { ...failed, ended: 900 })).toBe(false)
    expect(isStillEnded(failed, undefined)).toBe(false)
  })
})
