/** Triplets as one writes them down: three loops, distances computed where they are needed. What a core must beat. */

/** Mean loss over the chosen triplets, and its gradient. */
export function naiveObjective(
  miner: string,
  x: Float32Array,
  labels: Int32Array,
  n: number,
  d: number,
  margin: number,
): { loss: number; gradient: Float32Array } {
  const distance = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < d; k++) sum += (x[i * d + k] - x[j * d + k]) ** 2
    return Math.sqrt(sum)
  }
  const distances = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => distance(i, j)))
  const gradient = new Float32Array(n * d)
  let loss = 0
  let count = 0
  const pull = (i: number, j: number, weight: number): void => {
    const length = distances[i][j]
    if (length === 0) return
    for (let k = 0; k < d; k++) {
      const step = (weight * (x[i * d + k] - x[j * d + k])) / length
      gradient[i * d + k] += step
      gradient[j * d + k] -= step
    }
  }
  const take = (a: number, p: number, negative: number): void => {
    count++
    const value = distances[a][p] - distances[a][negative] + margin
    if (value <= 0) return
    loss += value
    pull(a, p, 1)
    pull(a, negative, -1)
  }
  for (let a = 0; a < n; a++) {
    let farthestPositive = -1
    let nearestNegative = -1
    let farthestNegative = -1
    for (let j = 0; j < n; j++) {
      if (j === a) continue
      if (labels[j] === labels[a]) {
        if (farthestPositive < 0 || distances[a][j] > distances[a][farthestPositive]) farthestPositive = j
      } else {
        if (nearestNegative < 0 || distances[a][j] < distances[a][nearestNegative]) nearestNegative = j
        if (farthestNegative < 0 || distances[a][j] > distances[a][farthestNegative]) farthestNegative = j
      }
    }
    if (miner === 'batch-hard') take(a, farthestPositive, nearestNegative)
    else {
      for (let p = 0; p < n; p++) {
        if (p === a || labels[p] !== labels[a]) continue
        let chosen = -1
        for (let j = 0; j < n; j++) {
          if (labels[j] === labels[a]) continue
          if (miner === 'batch-all') take(a, p, j)
          else if (distances[a][j] > distances[a][p] && (chosen < 0 || distances[a][j] < distances[a][chosen]))
            chosen = j
        }
        if (miner === 'semi-hard') take(a, p, chosen < 0 ? farthestNegative : chosen)
      }
    }
  }
  return { loss: loss / count, gradient: gradient.map(value => value / count) }
}
