import { describe, expect, test } from 'vitest'
import { collapsePatience, collapsedLoss } from '../../server/core/collapse.ts'
import {
  type HealthFinding,
  type HealthObservation,
  type HealthState,
  healthyStart,
  idlePatience,
  watchHealth,
} from '../../server/core/health.ts'
import type { LossOptions } from '../../server/core/loss/tripletLoss.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { type TinyRun, tinyRun } from './tinyRun.ts'

const squared: LossOptions = {
  margin: 0.2,
  distance: 'squared-euclidean',
  normalize: true,
  softMargin: false,
  swap: false,
  reducer: 'mean-nonzero',
}
const batchHard: MiningOptions = { strategy: 'batch-hard' }
const semiHard: MiningOptions = { strategy: 'semi-hard', fallback: 'farthest' }

/** Every step's state goes through JSON, as in a checkpoint. */
function watch(observations: readonly HealthObservation[], loss: LossOptions): HealthFinding[] {
  let state: HealthState = healthyStart
  return observations.flatMap(observation => {
    const { state: next, findings } = watchHealth(state, loss, observation)
    expect(JSON.parse(JSON.stringify(next))).toEqual(next)
    state = next
    return findings
  })
}

function trained(run: Partial<TinyRun>): {
  run: TinyRun
  observations: HealthObservation[]
  findings: HealthFinding[]
} {
  const whole: TinyRun = {
    loss: squared,
    mining: batchHard,
    learningRate: 0.01,
    steps: 250,
    separation: 0,
    initialScale: 1,
    seed: 1,
    ...run,
  }
  const observations = tinyRun(whole)
  return { run: whole, observations, findings: watch(observations, whole.loss) }
}

describe('runs that collapse are found', () => {
  test.each<[string, Partial<TinyRun>]>([
    ['batch-hard on noise, squared', {}],
    ['euclidean', { loss: { ...squared, distance: 'euclidean' } }],
    ['cosine', { loss: { ...squared, distance: 'cosine' } }],
    ['not normalised', { loss: { ...squared, distance: 'euclidean', normalize: false, margin: 1 } }],
    ['soft margin', { loss: { ...squared, softMargin: true } }],
    [
      'soft margin, not normalised',
      { loss: { ...squared, distance: 'euclidean', softMargin: true, normalize: false } },
    ],
    ['mean over all', { loss: { ...squared, reducer: 'mean' } }],
    ['a little structure in the data', { separation: 0.3 }],
  ])('%s', (_, options) => {
    for (const seed of [1, 2]) {
      const { run, observations, findings } = trained({ ...options, seed })
      const found = findings.filter(finding => finding.kind === 'collapsed')
      expect(found.length).toBe(1)
      const [{ step, onset, plateau, loss }] = found
      expect(step - onset).toBe(collapsePatience)
      expect(Math.abs(loss - plateau)).toBeLessThan(0.25 * plateau)
      // Within 50 steps of the first at which all embeddings are as good as one, by a stricter measure than the watch's.
      const { distance } = run.loss
      const onePoint = observations.findIndex(
        ({ anMean }) => (distance === 'euclidean' ? anMean ** 2 : anMean) < 0.01 * run.loss.margin,
      )
      if (onePoint >= 0) expect(step).toBeLessThanOrEqual(observations[onePoint].step + 50)
    }
  })
})

describe('healthy runs are left alone', () => {
  test.each<[string, Partial<TinyRun>]>([
    ['semi-hard learns', { mining: semiHard, learningRate: 0.003, separation: 2 }],
    [
      'embeddings that start as one point and spread',
      { mining: semiHard, learningRate: 0.003, separation: 2, initialScale: 0.02 },
    ],
    ['the same, slowly', { mining: semiHard, learningRate: 0.0003, separation: 2, initialScale: 0.02, steps: 600 }],
    ['batch-hard learns', { learningRate: 0.001, separation: 2 }],
    [
      'a plateau at the margin: batch-all on noise, averaged over active triplets',
      { mining: { strategy: 'batch-all' }, learningRate: 0.003 },
    ],
    [
      'a plateau below the margin: semi-hard on noise',
      { mining: { strategy: 'semi-hard', fallback: 'skip' }, learningRate: 0.003 },
    ],
    ['a margin out of reach', { loss: { ...squared, margin: 2 }, learningRate: 0.001, separation: 1 }],
  ])('%s', (_, options) => {
    for (const seed of [1, 2]) {
      const { findings } = trained({ ...options, seed })
      expect(findings.filter(finding => finding.kind !== 'all-easy')).toEqual([])
    }
  })
})

/** A step of a healthy run; tests change what they are about. */
function step(number: number, changes: Partial<HealthObservation> = {}): HealthObservation {
  return {
    step: number,
    loss: 0.1,
    margin: 0.2,
    validTriplets: 100,
    minedTriplets: 50,
    activeFraction: 0.3,
    apMean: 0.4,
    anMean: 1.2,
    embeddingNorm: 1,
    embeddingVariance: 0.6,
    ...changes,
  }
}
const steps = (from: number, count: number, changes: Partial<HealthObservation> = {}) =>
  Array.from({ length: count }, (_, i) => step(from + i, changes))
const kinds = (findings: readonly HealthFinding[]) => findings.map(finding => finding.kind)
const onePoint = { loss: 0.2, apMean: 1e-5, anMean: 1e-5, embeddingVariance: 1e-6 }

describe('a collapse', () => {
  test('is said once, and again only after a recovery', () => {
    const found = watch(
      [...steps(1, 10), ...steps(11, 300, onePoint), ...steps(311, 5), ...steps(316, 40, onePoint)],
      squared,
    )
    expect(found.map(finding => [finding.kind, finding.step])).toEqual([
      ['collapsed', 41],
      ['recovered', 311],
      ['collapsed', 346],
    ])
    expect(found[0]).toMatchObject({ onset: 11, plateau: 0.2 })
  })

  test.each<[string, Partial<HealthObservation>]>([
    ['the loss is elsewhere', { loss: 0.1 }],
    ['negatives are far', { anMean: 0.5 }],
    ['positives are far', { apMean: 0.5 }],
  ])('needs all its signs: not when %s', (_, changes) => {
    expect(watch(steps(1, 200, { ...onePoint, ...changes }), squared)).toEqual([])
  })

  test('is not said of embeddings that keep spreading', () => {
    const spreading = steps(1, 120, onePoint).map((observation, i) => ({
      ...observation,
      embeddingVariance: 1e-6 * 1.05 ** i,
    }))
    expect(watch(spreading, squared)).toEqual([])
  })

  test('has its plateau at α, or at ln(1 + e^α) with a soft margin', () => {
    expect(collapsedLoss(squared, 0.2)).toBe(0.2)
    expect(collapsedLoss({ ...squared, softMargin: true }, 0)).toBeCloseTo(Math.LN2, 12)
    expect(collapsedLoss({ ...squared, softMargin: true }, 0.2)).toBeCloseTo(Math.log(1 + Math.exp(0.2)), 12)
  })
})

describe('other findings', () => {
  test('a loss that is no number: diverged, and nothing after it', () => {
    const found = watch([...steps(1, 3), step(4, { loss: NaN }), ...steps(5, 100, onePoint)], squared)
    expect(found).toEqual([{ kind: 'diverged', step: 4, loss: NaN }])
  })

  test('embeddings that grow without bound', () => {
    const free = { ...squared, normalize: false }
    const growing = steps(1, 200).map((observation, i) => ({ ...observation, embeddingNorm: 1.1 ** i }))
    expect(kinds(watch(growing, free))).toEqual(['exploding'])
    expect(watch(growing, squared)).toEqual([])
  })

  test('all triplets easy, after a while, not at every step', () => {
    const easy = { activeFraction: 0, loss: 0 }
    expect(kinds(watch(steps(1, idlePatience - 1, easy), squared))).toEqual([])
    expect(watch(steps(1, 500, easy), squared)).toEqual([
      { kind: 'all-easy', step: idlePatience, steps: idlePatience, margin: 0.2 },
    ])
    const flickering = Array.from({ length: 10 }, (_, i) => [...steps(1 + i * 31, 30, easy), step(31 + i * 31)]).flat()
    expect(kinds(watch(flickering, squared))).toEqual(['all-easy', 'all-easy'])
  })

  test('a miner that finds nothing to learn from while there is something', () => {
    expect(kinds(watch(steps(1, 100, { loss: 0 }), squared))).toEqual(['miner-idle'])
  })

  test('a batch without positives, or of one class', () => {
    const none = { validTriplets: 0, minedTriplets: 0, loss: 0, activeFraction: 0 }
    expect(watch([step(1, { ...none, apMean: NaN })], squared)).toEqual([
      { kind: 'no-triplets', step: 1, missing: 'positives' },
    ])
    expect(watch([step(1, { ...none, anMean: NaN })], squared)).toEqual([
      { kind: 'no-triplets', step: 1, missing: 'negatives' },
    ])
    expect(kinds(watch(steps(1, 150, { ...none, apMean: NaN }), squared))).toEqual(['no-triplets'])
  })

  test('empty batches in between do not hide a collapse', () => {
    const mixed = steps(1, 40, onePoint).map((observation, i) =>
      i % 5 === 2 ? { ...observation, validTriplets: 0 } : observation,
    )
    expect(kinds(watch(mixed, squared))).toContain('collapsed')
  })
})
