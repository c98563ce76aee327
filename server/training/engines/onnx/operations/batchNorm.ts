/**
 * Batch normalisation, Ioffe & Szegedy, ICML 2015, over the whole batch: every thread sums over its own pictures, and all
 * of them put the sums together in the same order. In inference mode it is a scale and a shift a channel.
 *
 * The variance needs no second meeting: squares around the threads' own means are brought to the common mean, as in Chan,
 * Golub & LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979, eq. 2.1.
 */
import { doublesAt, floatsAt } from '../memory.ts'
import { type Operation, type Rectifier, type Value, type Workbench, allocate, identity } from './operation.ts'

export interface BatchNormSpec {
  readonly name: string
  readonly momentum: number
  readonly epsilon: number
}

export function batchNorm(
  bench: Workbench,
  x: Value,
  spec: BatchNormSpec,
  channels: number,
  rectifier: Rectifier | null,
): Operation {
  const { kernels, team, memory, arena } = bench
  const output = allocate(bench, x.size)
  const pixels = x.size / channels
  const { slope, cap } = rectifier ?? identity

  const perChannel = (address: number): Float32Array => floatsAt(memory, address, channels)
  const gamma = bench.weight(`${spec.name}/gamma`)
  const beta = bench.weight(`${spec.name}/beta`)
  const gammaGradient = bench.gradient(`${spec.name}/gamma`)
  const betaGradient = bench.gradient(`${spec.name}/beta`)
  const movingMean = bench.running(`${spec.name}/movingMean`)
  const movingVariance = bench.running(`${spec.name}/movingVariance`)
  const [mean, scale, shift, a, b, k] = [0, 0, 0, 0, 0, 0].map(() => arena.floats(channels)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const inverse = new Float64Array(channels)
  const totals = [new Float64Array(channels), new Float64Array(channels)] as const
  // Four rows of doubles a thread: sums and squares on the way forward, sums and dots on the way back.
  const row = (rank: number, index: number): number => bench.statistics(spec.name, rank) + index * channels * 8

  /** Sums over the threads, always in the same order. */
  const total = (index: number, into: Float64Array): Float64Array => {
    into.fill(0)
    for (let rank = 0; rank < team.size; rank++) {
      const part = doublesAt(memory, row(rank, index), channels)
      for (let c = 0; c < channels; c++) into[c] = into[c] + part[c]
    }
    return into
  }
  const views = (): Record<'gamma' | 'beta' | 'mean' | 'scale' | 'shift', Float32Array> => ({
    gamma: perChannel(gamma),
    beta: perChannel(beta),
    mean: perChannel(mean),
    scale: perChannel(scale),
    shift: perChannel(shift),
  })
  let view: ReturnType<typeof views> | undefined

  const setScale = (means: Float32Array, variance: (c: number) => number): void => {
    const now = (view ??= views())
    for (let c = 0; c < channels; c++) {
      const rate = 1 / Math.sqrt(variance(c) + spec.epsilon)
      inverse[c] = rate
      now.scale[c] = now.gamma[c] * rate
      now.shift[c] = now.beta[c] - means[c] * now.gamma[c] * rate
    }
  }
  return {
    output,
    inPlace: false,
    forward({ images, batch, training }) {
      const rows = images * pixels
      const moving = { mean: perChannel(movingMean), variance: perChannel(movingVariance) }
      if (training) {
        const own = row(team.rank, 0)
        kernels.channelSums(own, x.address, rows, channels)
        const means = (view ??= views()).mean
        const ownSums = doublesAt(memory, own, channels)
        for (let c = 0; c < channels; c++) means[c] = rows === 0 ? 0 : ownSums[c] / rows
        kernels.channelSquares(row(team.rank, 1), x.address, mean, rows, channels)
        team.barrier()
        const sums = total(0, totals[0])
        const squares = total(1, totals[1])
        const count = batch * pixels
        for (let rank = 0; rank < team.size; rank++) {
          const its = team.part(rank).images * pixels
          if (its === 0) continue
          const part = doublesAt(memory, row(rank, 0), channels)
          // Around the mean as it was rounded when its squares were summed.
          for (let c = 0; c < channels; c++) squares[c] += its * (Math.fround(part[c] / its) - sums[c] / count) ** 2
        }
        for (let c = 0; c < channels; c++) means[c] = sums[c] / count
        setScale(means, c => squares[c] / count)
        if (team.rank === 0) {
          const unbiased = count > 1 ? count - 1 : 1
          for (let c = 0; c < channels; c++) {
            const { momentum } = spec
            moving.mean[c] = moving.mean[c] * momentum + means[c] * (1 - momentum)
            moving.variance[c] = moving.variance[c] * momentum + (squares[c] / unbiased) * (1 - momentum)
          }
        }
      } else setScale(moving.mean, c => moving.variance[c])
      kernels.scaleShift(output.address, x.address, scale, shift, rows, channels, slope, cap)
    },
    backward({ images, batch }, dy, dx) {
      const rows = images * pixels
      if (rectifier) kernels.rectifyBackward(dy, dy, output.address, images * x.size, slope, cap)
      kernels.normSums(row(team.rank, 2), row(team.rank, 3), dy, x.address, mean, rows, channels)
      const ownSums = doublesAt(memory, row(team.rank, 2), channels)
      const ownDots = doublesAt(memory, row(team.rank, 3), channels)
      const toGamma = perChannel(gammaGradient)
      const toBeta = perChannel(betaGradient)
      for (let c = 0; c < channels; c++) {
        toBeta[c] = ownSums[c]
        toGamma[c] = ownDots[c] * inverse[c]
      }
      if (dx === 0) return
      team.barrier()
      const sums = total(2, totals[0])
      const dots = total(3, totals[1])
      const [as, bs, ks] = [perChannel(a), perChannel(b), perChannel(k)]
      const scales = (view ??= views()).scale
      for (let c = 0; c < channels; c++) {
        const factor = scales[c]
        const rate = inverse[c]
        as[c] = factor
        bs[c] = (-factor * rate * rate * dots[c]) / (batch * pixels)
        ks[c] = (-factor * sums[c]) / (batch * pixels)
      }
      kernels.normBackward(dx, dy, x.address, mean, a, b, k, rows, channels)
    },
  }
}
