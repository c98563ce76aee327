import { Random } from '../../server/core/random.ts'

const samplesPerClass = 8

/** Codes on the unit sphere, 8 of each class around its centre, about as far apart as in the middle of a training. */
export function clustered(n: number): { embeddings: Float32Array; labels: Int32Array; size: number } {
  const size = 64
  const random = Random.fromSeed(1)
  const labels = Int32Array.from({ length: n }, (_, i) => Math.floor(i / samplesPerClass))
  const centres = Float32Array.from({ length: Math.ceil(n / samplesPerClass) * size }, () => random.uniform() - 0.5)
  const embeddings = new Float32Array(n * size)
  for (let i = 0; i < n; i++) {
    const row = embeddings.subarray(i * size, (i + 1) * size)
    let sum = 0
    for (let k = 0; k < size; k++) {
      row[k] = centres[labels[i] * size + k] + 1.2 * (random.uniform() - 0.5)
      sum += row[k] * row[k]
    }
    for (let k = 0; k < size; k++) row[k] /= Math.sqrt(sum)
  }
  return { embeddings, labels, size }
}
