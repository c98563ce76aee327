/** The normal distribution: what a kernel density needs of it. */

/**
 * erfc(x) to about 1e-14, relative: Taylor's series near 0, Laplace's continued fraction
 * further out. Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
  }
  let fraction = 0
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction))
}

/** The share of a standard normal between two places; precise in both tails. */
export function normalMass(low: number, high: number): number {
  const share =
    low > 0 ? erfc(low / Math.SQRT2) - erfc(high / Math.SQRT2) : erfc(-high / Math.SQRT2) - erfc(-low / Math.SQRT2)
  return share / 2
}

/** Natural logarithm of the density of a standard normal. */
export function logNormalDensity(z: number): number {
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI)
}
