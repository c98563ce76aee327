/** The numbers that a run records. Ids are stored; names and units are for people (localised by who shows them). */
export const metricIds = [
  // every step
  'loss',
  'activeFraction',
  'easy',
  'semiHard',
  'hard',
  'dApMean',
  'dAnMean',
  'dApP10',
  'dApP90',
  'dAnP10',
  'dAnP90',
  'embeddingNorm',
  'embeddingVariance',
  'gradientNorm',
  'minedTriplets',
  'learningRate',
  'margin',
  'imagesPerSecond',
  // every few seconds
  'memory',
  // every evaluation, on the held-out side, at the last step of the epoch
  'test/loss',
  'test/activeFraction',
  'test/recallAt1',
  'test/recallAt2',
  'test/recallAt4',
  'test/recallAt8',
  'test/rPrecision',
  'test/mapAtR',
  'test/identification',
  'test/rocAuc',
  'test/eer',
  'test/tarAtFar',
  'test/farThreshold',
  'test/nmi',
  'test/ami',
] as const
export type MetricId = (typeof metricIds)[number]

/** Which way is better; `null` where neither is. */
export const metricGoal: Readonly<Partial<Record<MetricId, 'minimize' | 'maximize'>>> = {
  loss: 'minimize',
  activeFraction: 'minimize',
  'test/loss': 'minimize',
  'test/activeFraction': 'minimize',
  'test/recallAt1': 'maximize',
  'test/recallAt2': 'maximize',
  'test/recallAt4': 'maximize',
  'test/recallAt8': 'maximize',
  'test/rPrecision': 'maximize',
  'test/mapAtR': 'maximize',
  'test/identification': 'maximize',
  'test/rocAuc': 'maximize',
  'test/eer': 'minimize',
  'test/tarAtFar': 'maximize',
  'test/nmi': 'maximize',
  'test/ami': 'maximize',
}

export function isMetricId(value: string): value is MetricId {
  return (metricIds as readonly string[]).includes(value)
}
