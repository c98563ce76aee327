/** One training step: draw a batch, let the engine run it with the core's gradient, and say how it went. */
import type { DifficultyDetail, HardTripletDetail, HistogramDetail } from '../../protocol/details.ts'
import type { MetricId } from '../../protocol/metrics.ts'
import { createDifficultyMeter, type Difficulty, type DifficultyMeter } from '../core/difficulty.ts'
import type { HealthObservation } from '../core/health.ts'
import type { Histogram } from '../core/histogram.ts'
import { createObjective, type Objective } from '../core/objective.ts'
import { Random } from '../core/random.ts'
import type { Embeddings } from './engines/trainEngine.ts'
import type { OpenRun } from './openRun.ts'
import type { Lesson } from './schedule.ts'

export interface StepResult {
  readonly loss: number
  readonly gradientNorm: number
  /** `null` where it was not asked for. */
  readonly difficulty: Difficulty | null
  readonly minedTriplets: number
  /** α of this step. */
  readonly margin: number
  readonly values: Partial<Record<MetricId, number>>
  /** Only when asked for. */
  readonly histograms: DifficultyDetail | null
}

/** What is looked at in a step beyond its loss. */
export type Look = 'loss' | 'difficulty' | 'histograms'

export class Stepper {
  private readonly run: OpenRun
  /** Pictures of the last step. */
  private indices: Int32Array
  private readonly meter: DifficultyMeter
  private objective: Objective
  private random: Random
  private mining: Lesson['mining']
  private margin: number

  constructor(run: OpenRun, lesson: Lesson) {
    const { batchSize } = run.sampler
    this.run = run
    this.indices = new Int32Array(batchSize)
    this.meter = createDifficultyMeter(run.spec.loss, batchSize)
    this.random = Random.fromSeed(run.spec.seed).fork('miner')
    this.mining = lesson.mining
    this.margin = lesson.margin
    this.objective = this.newObjective()
  }

  /** From here on, mine and measure by this lesson of the curriculum. */
  teach(lesson: Lesson): void {
    this.margin = lesson.margin
    if (lesson.mining === this.mining) return
    this.mining = lesson.mining
    this.objective = this.newObjective()
  }

  /** State of the miner's random numbers, for a checkpoint. */
  get randomState(): number[] {
    return [...this.random.state()]
  }
  set randomState(state: readonly number[]) {
    this.random = Random.fromState(Uint32Array.from(state))
    this.objective = this.newObjective()
  }

  async step(learningRate: number, look: Look): Promise<StepResult> {
    const { sampler, input, engine } = this.run
    const start = performance.now()
    const batch = await input.next()
    this.indices = batch.indices

    let loss = NaN
    let minedTriplets = 0
    let difficulty: Difficulty | null = null
    const gradientOf = ({ data, count, size, squaredDistances }: Embeddings): Float32Array => {
      const evaluation = this.objective.evaluate(data, count, size, batch.labels, this.margin, squaredDistances)
      loss = evaluation.loss
      minedTriplets = evaluation.minedTriplets
      // Here, because the engine may use the embeddings' memory for something else afterwards.
      if (look !== 'loss') difficulty = this.meter.measure(this.objective.batch, this.margin, look === 'histograms')
      return evaluation.gradient
    }
    const gradientNorm = await engine.step(batch, gradientOf, learningRate)
    const seconds = (performance.now() - start) / 1000
    return {
      loss,
      gradientNorm,
      difficulty,
      minedTriplets,
      margin: this.margin,
      histograms: look === 'histograms' ? this.histograms() : null,
      values: {
        loss,
        ...difficultyValues(difficulty),
        gradientNorm,
        minedTriplets,
        learningRate,
        margin: this.margin,
        imagesPerSecond: sampler.batchSize / seconds,
      },
    }
  }

  /** The hardest triplets of the last step, whose difficulty was measured, as pictures of the dataset. */
  hardest(step: number, limit: number): HardTripletDetail[] {
    return this.meter.hardest(this.objective.batch, limit).map(({ anchor, positive, negative, ap, an }) => ({
      step,
      anchor: this.indices[anchor],
      positive: this.indices[positive],
      negative: this.indices[negative],
      ap,
      an,
    }))
  }

  private newObjective(): Objective {
    const { spec, sampler } = this.run
    return createObjective({
      loss: spec.loss,
      mining: this.mining,
      random: this.random,
      maxBatch: sampler.batchSize,
      size: spec.model.embeddingSize,
    })
  }

  private histograms(): DifficultyDetail {
    const { ap, an, gap } = this.meter.histograms
    return { margin: this.margin, ap: plain(ap), an: plain(an), gap: plain(gap) }
  }
}

/**
 * What the health watch wants to know of a step; `null` where nobody looked.
 * @param span steps that it speaks for
 */
export function observation(step: number, span: number, result: StepResult): HealthObservation | null {
  const { loss, margin, minedTriplets, difficulty } = result
  if (difficulty === null) return null
  const { validTriplets, activeFraction, ap, an, embeddingNorm, embeddingVariance } = difficulty
  return {
    step,
    span,
    loss,
    margin,
    validTriplets,
    minedTriplets,
    activeFraction,
    apMean: ap.mean,
    anMean: an.mean,
    embeddingNorm,
    embeddingVariance,
  }
}

function difficultyValues(difficulty: Difficulty | null): Partial<Record<MetricId, number>> {
  if (difficulty === null) return {}
  const { validTriplets, easy, semiHard, hard, activeFraction, ap, an, embeddingNorm, embeddingVariance } = difficulty
  const share = (count: number) => (validTriplets === 0 ? 0 : count / validTriplets)
  return {
    activeFraction,
    easy: share(easy),
    semiHard: share(semiHard),
    hard: share(hard),
    dApMean: ap.mean,
    dAnMean: an.mean,
    dApP10: ap.p10,
    dApP90: ap.p90,
    dAnP10: an.p10,
    dAnP90: an.p90,
    embeddingNorm,
    embeddingVariance,
  }
}

const plain = ({ low, high, counts }: Histogram): HistogramDetail => ({ low, high, counts: [...counts] })
