import { describe, expect, it } from 'vitest'
import { afterEpoch, learningRateFactor, lessonOf } from '../../server/training/schedule.ts'
import { spec } from '../store/helpers.ts'

const at = (step: number, steps = 100, epoch = 1) => ({ step, steps, epoch })

describe('the learning rate', () => {
  it('is the same all along, after a linear warm-up', () => {
    const schedule = { kind: 'constant' as const, warmupSteps: 4 }
    expect([0, 1, 2, 3, 4, 99].map(step => learningRateFactor(schedule, at(step), 1))).toEqual([
      0.25, 0.5, 0.75, 1, 1, 1,
    ])
  })

  it('falls by a factor every few epochs', () => {
    const schedule = { kind: 'step' as const, warmupSteps: 0, everyEpochs: 2, factor: 0.1 }
    const factors = [1, 2, 3, 4, 5].map(epoch => learningRateFactor(schedule, at(0, 100, epoch), 1))
    expect(factors).toEqual([1, 1, 0.1, 0.1, expect.closeTo(0.01)])
  })

  it('follows half a cosine from 1 to its final value', () => {
    const schedule = { kind: 'cosine' as const, warmupSteps: 10, final: 0.2 }
    expect(learningRateFactor(schedule, at(10, 110), 1)).toBeCloseTo(1)
    expect(learningRateFactor(schedule, at(60, 110), 1)).toBeCloseTo(0.6)
    expect(learningRateFactor(schedule, at(110, 110), 1)).toBeCloseTo(0.2)
    const factors = Array.from({ length: 100 }, (_, i) => learningRateFactor(schedule, at(i + 10, 110), 1))
    expect(factors.every((factor, i) => i === 0 || factor < factors[i - 1])).toBe(true)
  })

  it('falls on a plateau, and not while the loss falls', () => {
    const schedule = { kind: 'plateau' as const, warmupSteps: 0, patience: 1, factor: 0.5 }
    let plateau: Parameters<typeof afterEpoch>[1] = { best: null, waited: 0, factor: 1 }
    const factors = [1, 0.5, 0.6, 0.55, 0.4, 0.4, 0.4].map(loss => {
      plateau = afterEpoch(schedule, plateau, loss)
      return learningRateFactor(schedule, at(0), plateau.factor)
    })
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25])
    expect(afterEpoch({ kind: 'constant', warmupSteps: 0 }, plateau, 9)).toBe(plateau)
  })
})

it('takes miner and margin of an epoch from the curriculum, in the order of its epochs', () => {
  const curriculum = {
    ...spec,
    curriculum: [
      { fromEpoch: 5, margin: 0.5 },
      { fromEpoch: 3, mining: { strategy: 'batch-hard' as const }, margin: 0.3 },
    ],
  }
  expect(lessonOf(curriculum, 2)).toEqual({ mining: spec.mining, margin: 0.2 })
  expect(lessonOf(curriculum, 3)).toEqual({ mining: { strategy: 'batch-hard' }, margin: 0.3 })
  expect(lessonOf(curriculum, 9)).toEqual({ mining: { strategy: 'batch-hard' }, margin: 0.5 })
})
