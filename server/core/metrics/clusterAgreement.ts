/** How well two labelings of the same items agree, whatever the labels are called. Logarithms are natural. */

export interface ClusterAgreement {
  /** Mutual information over the mean of the two entropies: 0 independent, 1 the same. */
  readonly nmi: number
  /** The same, less what chance alone gives: around 0 for random labelings, negative below chance. */
  readonly ami: number
}

/**
 * Vinh, Epps, Bailey 2010, Information Theoretic Measures for Clusterings Comparison (JMLR 11), with the arithmetic mean
 * of the entropies.
 * @throws RangeError when the labelings differ in length
 */
export function clusterAgreement(labels: Int32Array, clusters: Int32Array): ClusterAgreement {
  const n = labels.length
  if (clusters.length !== n) throw new RangeError(`${n} labels but ${clusters.length} clusters`)
  const rows = dense(labels)
  const columns = dense(clusters)
  // Neither says anything, or both say everything: the same by definition.
  if (rows.sizes.length === columns.sizes.length && (rows.sizes.length <= 1 || rows.sizes.length === n)) {
    return { nmi: 1, ami: 1 }
  }
  const mutual = mutualInformation(rows, columns, n)
  const mean = (entropy(rows.sizes, n) + entropy(columns.sizes, n)) / 2
  const expected = expectedMutualInformation(rows.sizes, columns.sizes, n)
  // Where both differences vanish the ratio is taken as 0, not as not-a-number.
  const room = mean - expected
  const safeRoom = room < 0 ? Math.min(room, -Number.EPSILON) : Math.max(room, Number.EPSILON)
  return { nmi: mean > 0 ? mutual / mean : 0, ami: (mutual - expected) / safeRoom }
}

interface Dense {
  /** 0 … classes − 1 of each item. */
  readonly ids: Int32Array
  readonly sizes: Int32Array
}

function dense(labels: Int32Array): Dense {
  const known = new Map<number, number>()
  const sizes: number[] = []
  const ids = labels.map(label => {
    let id = known.get(label)
    if (id === undefined) {
      id = sizes.push(0) - 1
      known.set(label, id)
    }
    sizes[id]++
    return id
  })
  return { ids, sizes: Int32Array.from(sizes) }
}

function entropy(sizes: Int32Array, n: number): number {
  let sum = 0
  for (const size of sizes) sum -= (size / n) * Math.log(size / n)
  return sum
}

function mutualInformation(rows: Dense, columns: Dense, n: number): number {
  // Of thousands of classes and clusters, few have anything in common.
  const joint = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    const cell = rows.ids[i] * columns.sizes.length + columns.ids[i]
    joint.set(cell, (joint.get(cell) ?? 0) + 1)
  }
  let sum = 0
  for (const [cell, both] of joint) {
    const row = rows.sizes[Math.floor(cell / columns.sizes.length)]
    const column = columns.sizes[cell % columns.sizes.length]
    sum += (both / n) * Math.log((n * both) / (row * column))
  }
  return Math.max(0, sum)
}

/** Mean mutual information of random labelings with these class sizes: hypergeometric, cell by cell (Vinh et al., eq. 24a). */
function expectedMutualInformation(rows: Int32Array, columns: Int32Array, n: number): number {
  const logFactorial = new Float64Array(n + 1)
  for (let i = 2; i <= n; i++) logFactorial[i] = logFactorial[i - 1] + Math.log(i)
  let sum = 0
  // Only sizes matter, and many classes have the same.
  for (const [a, timesA] of tally(rows)) {
    for (const [b, timesB] of tally(columns)) {
      const times = timesA * timesB
      const fixed = logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b] - logFactorial[n]
      for (let both = Math.max(1, a + b - n); both <= Math.min(a, b); both++) {
        const logProbability =
          fixed - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both] - logFactorial[n - a - b + both]
        sum += times * (both / n) * Math.log((n * both) / (a * b)) * Math.exp(logProbability)
      }
    }
  }
  return sum
}

/** How often each size occurs. */
function tally(sizes: Int32Array): Map<number, number> {
  const times = new Map<number, number>()
  for (const size of sizes) times.set(size, (times.get(size) ?? 0) + 1)
  return times
}
