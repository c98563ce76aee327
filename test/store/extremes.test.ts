import fc from 'fast-check'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { databaseFile } from '../../server/store/layout.ts'
import { opened, points, queued, temporaryFolder, throwAway } from './helpers.ts'

/** Not smooth, with a spike up and one down, in portions as a trainer writes them. */
const values = Array.from({ length: 9000 }, (_, i) => (i === 4321 ? 99 : i === 7777 ? -99 : Math.sin(i * i)))

describe('a long curve', () => {
  it('keeps ends and extremes of any stretch, and shows no point that was not stored', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    for (let at = 0; at < values.length; at += 137)
      store.appendPoints(id, [points('loss', values.slice(at, at + 137), at)])
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8999 }),
        fc.integer({ min: 0, max: 8999 }),
        fc.integer({ min: 6, max: 400 }),
        (a, b, maxPoints) => {
          const [fromStep, toStep] = a < b ? [a, b] : [b, a]
          const [{ steps, values: shown }] = store.series(id, { fromStep, toStep, maxPoints })
          const stretch = values.slice(fromStep, toStep + 1)
          expect([steps.at(0), steps.at(-1)]).toEqual([fromStep, toStep])
          expect(steps.every((step, i) => i === 0 || step > steps[i - 1])).toBe(true)
          expect(shown).toEqual(steps.map(step => values[step]))
          expect(Math.max(...shown)).toBe(Math.max(...stretch))
          expect(Math.min(...shown)).toBe(Math.min(...stretch))
          expect(steps.length).toBeLessThanOrEqual(maxPoints + 8)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('comes with means of all of its points, in the same stretches', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    for (let at = 0; at < values.length; at += 137)
      store.appendPoints(id, [points('loss', values.slice(at, at + 137), at)])
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8999 }),
        fc.integer({ min: 0, max: 8999 }),
        fc.integer({ min: 6, max: 400 }),
        (a, b, maxPoints) => {
          const [fromStep, toStep] = a < b ? [a, b] : [b, a]
          const [{ means }] = store.series(id, { fromStep, toStep, maxPoints })
          const stretch = values.slice(fromStep, toStep + 1)
          if (means === undefined) {
            expect(stretch.length).toBeLessThanOrEqual(maxPoints)
            return
          }
          const { steps, values: found, weights } = means
          const total = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0)
          expect(steps.every((step, i) => i === 0 || step > steps[i - 1])).toBe(true)
          expect(total(weights)).toBe(stretch.length)
          expect(total(found.map((value, i) => value * weights[i]))).toBeCloseTo(total(stretch), 6)
          expect(steps.length).toBeLessThanOrEqual(maxPoints / 2 + 4)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('repeated from a checkpoint, keeps the extremes of what was stored first', () => {
    const store = opened(temporaryFolder())
    const again = queued(store)[0]
    store.appendPoints(again, [points('loss', values.slice(0, 2000), 0)])
    store.appendPoints(again, [
      points(
        'loss',
        values.slice(1000, 3000).map(value => value * 50),
        1000,
      ),
    ])
    const [{ values: shown }] = store.series(again, { toStep: 1999, maxPoints: 10 })
    expect(Math.max(...shown)).toBe(Math.max(...values.slice(0, 2000)))
  })

  it('goes with its run', () => {
    const store = opened(temporaryFolder())
    const gone = queued(store)[0]
    store.appendPoints(gone, [points('loss', values, 0)])
    throwAway(store, gone)
    const database = new DatabaseSync(databaseFile(store.dir), { readOnly: true })
    expect(database.prepare('SELECT count(*) AS n FROM extreme WHERE run_id = ?').get(gone)?.['n']).toBe(0)
    database.close()
  })
})

it('an older store learns its extremes when it is opened', () => {
  const folder = temporaryFolder()
  const before = opened(folder)
  const [id = 0] = queued(before)
  before.appendPoints(id, [points('loss', values, 0)])
  const expected = before.series(id, { maxPoints: 20 })
  before.close()
  const database = new DatabaseSync(databaseFile(before.dir))
  undoNewer(database)
  database.exec(`
    DROP TABLE extreme; DROP TABLE setting; ALTER TABLE sweep DROP COLUMN priority;
    ALTER TABLE run DROP COLUMN priority; ALTER TABLE run DROP COLUMN threads; ALTER TABLE run DROP COLUMN device;
    PRAGMA user_version = 2`)
  database.close()
  const [{ means, ...extremes }] = opened(folder).series(id, { maxPoints: 20 })
  const [{ means: expectedMeans, ...expectedExtremes }] = expected
  expect(extremes).toEqual(expectedExtremes)
  expect([means?.steps, means?.weights]).toEqual([expectedMeans?.steps, expectedMeans?.weights])
  for (const [i, value] of (means?.values ?? []).entries())
    expect(value).toBeCloseTo(expectedMeans?.values[i] ?? NaN, 9)
})

/** Takes back what came into stores after their extremes. */
function undoNewer(database: DatabaseSync): void {
  database.exec('DROP INDEX run_in_trash; DROP TABLE identity; DROP TABLE origin')
  for (const column of ['heading', 'place', 'trashed', 'noticed'])
    database.exec(`ALTER TABLE run DROP COLUMN ${column}`)
}
