// Exact neighbours of QUERIES among REFERENCES: `node evaluationPeer.ts QUERIES REFERENCES products|plain`.
import { Random } from '../../server/core/random.ts'
import type { LabelledEmbeddings } from '../../server/core/metrics/labelledEmbeddings.ts'
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import { openMatrixProduct } from '../../server/training/matrixProduct.ts'

const [queries, references, way] = process.argv.slice(2)
const size = 128
const classes = 100
const random = Random.fromSeed(1)
const centres = Float32Array.from({ length: classes * size }, () => random.uniform() - 0.5)

function clustered(count: number): LabelledEmbeddings {
  const labels = Int32Array.from({ length: count }, () => random.below(classes))
  const embeddings = new Float32Array(count * size)
  for (let i = 0; i < count; i++) {
    const row = embeddings.subarray(i * size, (i + 1) * size)
    let sum = 0
    for (let k = 0; k < size; k++) {
      row[k] = centres[labels[i] * size + k] + 3 * (random.uniform() - 0.5)
      sum += row[k] * row[k]
    }
    for (let k = 0; k < size; k++) row[k] /= Math.sqrt(sum)
  }
  return { embeddings, labels, count, size }
}

const gallery = clustered(Number(references))
const asked = clustered(Number(queries))
const products = way === 'products' ? openMatrixProduct(null) : null
const before = process.resourceUsage().maxRSS
const start = performance.now()
const { mapAtR } = retrieval(asked, { distance: 'cosine', gallery, product: products?.product ?? null })
const ms = performance.now() - start
const { maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ ms, extraMegabytes: (maxRSS - before) / 1024, peakMegabytes: maxRSS / 1024, mapAtR }))
process.exit(0)
