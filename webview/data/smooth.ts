/**
 * Time-weighted exponential moving average, corrected for its start: the weight of a point fades with the distance on the
 * axis and not with the number of points between, so a thinned curve is smoothed like the whole one.
 *
 *   s(x) = Σ wᵢ v(xᵢ) f^(u(x − xᵢ)) / Σ wᵢ f^(u(x − xᵢ)),   xᵢ ≤ x,   u = 1000 / (last x − first x)
 *
 * @param xs ascending positions
 * @param factor f in [0, 1); 0 leaves the values as they are
 * @param weights wᵢ, how many points each one stands for; 1 when not given
 * @param into at least as long as `values`; receives the result
 */
export function smooth(
  xs: Float64Array,
  values: Float64Array,
  factor: number,
  into: Float64Array,
  weights?: Float64Array,
): void {
  const count = values.length
  if (into.length < count) throw new RangeError(`into holds ${into.length} values, ${count} are needed`)
  if (!(factor >= 0 && factor < 1)) throw new RangeError(`factor must be in [0, 1), not ${factor}`)
  const range = xs[count - 1] - xs[0]
  if (factor === 0 || range <= 0) {
    into.set(values)
    return
  }
  const fade = (Math.log(factor) * 1000) / range
  let sum = 0
  let weightSum = 0
  let before = xs[0]
  for (let i = 0; i < count; i++) {
    const x = xs[i]
    const value = values[i]
    const decay = Math.exp(fade * (x - before))
    before = x
    sum *= decay
    weightSum *= decay
    if (Number.isFinite(value)) {
      const weight = weights === undefined ? 1 : weights[i]
      sum += weight * value
      weightSum += weight
    }
    into[i] = weightSum > 0 ? sum / weightSum : NaN
  }
}
