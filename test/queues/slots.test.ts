import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphicsCards } from '../../server/queues/graphicsCards.ts'
import { slotsOf } from '../../server/queues/slots.ts'
import type { Placement } from '../../server/store/runs.ts'
import { temporaryFolder } from '../store/helpers.ts'

const on = (threads: number | null, device: string | null = null): Placement => ({ threads, device })

describe('slots', () => {
  it('divide the cores among the runs that somebody asked for', () => {
    const slots = slotsOf({ cores: 8, devices: [] }, () => 3)
    expect(slots.next([], 9)).toEqual(on(2))
    expect(slots.next([on(2), on(2)], 9)).toEqual(on(2))
    expect(slots.next([on(2), on(2), on(2)], 9)).toBeNull()
    expect(slotsOf({ cores: 8, devices: [] }, () => 1).next([], 9)).toEqual(on(null))
    expect(slotsOf({ cores: 2, devices: [] }, () => 5).next([], 9)).toEqual(on(1))
  })

  it('are read anew each time', () => {
    let wanted: number | null = 1
    const slots = slotsOf({ cores: 4, devices: [] }, () => wanted)
    expect(slots.next([on(null)], 5)).toBeNull()
    wanted = 2
    expect(slots.next([on(null)], 5)).toEqual(on(2))
  })

  it('give a single run the whole machine, and several their parts', () => {
    const slots = slotsOf({ cores: 8, devices: [] }, () => null)
    expect(slots.next([], 1)).toEqual(on(null))
    expect(slots.next([], 2)).toEqual(on(4))
    expect(slots.next([], 100)).toEqual(on(2))
    expect(slotsOf({ cores: 2, devices: [] }, () => null).next([], 100)).toEqual(on(null))
    // The one that has everything keeps it: the next one waits.
    expect(slots.next([on(null)], 3)).toBeNull()
  })

  it('never have more threads at work than there are cores', () => {
    const turn = fc.record({ waiting: fc.integer({ min: 1, max: 40 }), leaves: fc.nat(9) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.array(turn, { maxLength: 30 }), (cores, turns) => {
        const slots = slotsOf({ cores, devices: [] }, () => null)
        const running: Placement[] = []
        for (const { waiting, leaves } of turns) {
          if (leaves < running.length) running.splice(leaves, 1)
          for (let left = waiting; left > 0; left--) {
            const place = slots.next(running, left)
            if (place === null) break
            running.push(place)
          }
          expect(running.length).toBeGreaterThan(0)
          expect(running.reduce((sum, one) => sum + (one.threads ?? cores), 0)).toBeLessThanOrEqual(cores)
        }
      }),
    )
  })

  it('are the graphics cards where there are some, one run each', () => {
    const slots = slotsOf({ cores: 16, devices: ['0', '1'] }, () => null)
    expect(slots.next([], 9)).toEqual(on(8, '0'))
    expect(slots.next([on(8, '0')], 9)).toEqual(on(8, '1'))
    expect(slots.next([on(8, '1')], 9)).toEqual(on(8, '0'))
    expect(slots.next([on(8, '0'), on(8, '1')], 9)).toBeNull()
    expect(slotsOf({ cores: 16, devices: ['0'] }, () => 2).next([on(8, '0')], 9)).toEqual(on(8, '0'))
  })
})

describe('graphics cards', () => {
  it('are those that the driver lists, or that somebody has chosen', () => {
    const folder = temporaryFolder()
    for (const bus of ['0000:01:00.0', '0000:02:00.0']) mkdirSync(join(folder, bus))
    expect(graphicsCards(undefined, folder, true)).toEqual(['0', '1'])
    expect(graphicsCards('3, GPU-12', folder, true)).toEqual(['3', 'GPU-12'])
    expect(graphicsCards('-1', folder, true)).toEqual([])
    expect(graphicsCards('', folder, true)).toEqual([])
    expect(graphicsCards(undefined, join(folder, 'none'), true)).toEqual([])
    expect(graphicsCards(undefined, folder, false)).toEqual([])
  })
})
