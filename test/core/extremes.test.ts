/** Searching for many bounds at once finds what searching for each finds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NearestBeyond, nearestBeyond } from '../../server/core/miners/extremes.ts'

// Few different values, so that there are equals among distances, among bounds, and between the two.
const value = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.double({ min: 0, max: 4, noNaN: true }))

test('the nearest beyond each of many bounds, the first of equals, none where there is none', () => {
  const search = new NearestBeyond()
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.array(value, { maxLength: 20 }), (distances, bounds) => {
      const from = Float64Array.from(distances)
      const found = new Int32Array(bounds.length)
      search.find(from, from.length, Float64Array.from(bounds), bounds.length, found)
      expect([...found]).toEqual(bounds.map(bound => nearestBeyond(from, from.length, bound)))
    }),
    { numRuns: 500 },
  )
})
