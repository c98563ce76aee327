/** What a run measures. Ids are those of protocol/metrics.ts. */
import type { MetricId } from '../../protocol/metrics.ts'
import type { Choice } from './entry.ts'
import { cite, papers } from './papers.ts'

export interface Metric extends Choice {
  /** As a chart's legend says it. */
  readonly title: string
  readonly unit?: string
}

export const metrics = {
  loss: { title: 'Loss', summary: 'The triplet loss of a batch.' },
  activeFraction: {
    title: 'Active triplets',
    summary: 'Share of all valid triplets whose loss is not zero. It falls while the loss may stand still.',
  },
  easy: {
    title: 'Easy',
    summary: 'Share of all valid triplets that keep the margin.',
    formula: 'd(a, n) > d(a, p) + α',
  },
  semiHard: {
    title: 'Semi-hard',
    summary: 'Share of all valid triplets in the right order, but within the margin.',
    formula: 'd(a, p) < d(a, n) ≤ d(a, p) + α',
  },
  hard: { title: 'Hard', summary: 'Share of all valid triplets in the wrong order.', formula: 'd(a, n) ≤ d(a, p)' },
  dApMean: { title: 'd(a, p)', summary: 'Mean distance from anchor to positive.' },
  dAnMean: { title: 'd(a, n)', summary: 'Mean distance from anchor to negative.' },
  dApP10: { title: 'd(a, p), 10 %', summary: 'A tenth of the positives are nearer than this.' },
  dApP90: { title: 'd(a, p), 90 %', summary: 'A tenth of the positives are farther than this.' },
  dAnP10: { title: 'd(a, n), 10 %', summary: 'A tenth of the negatives are nearer than this.' },
  dAnP90: { title: 'd(a, n), 90 %', summary: 'A tenth of the negatives are farther than this.' },
  embeddingNorm: { title: 'Embedding norm', summary: 'Mean length of the embeddings before normalisation.' },
  embeddingVariance: {
    title: 'Embedding variance',
    summary: 'Variance of the embeddings of a batch. Zero is a collapse: every picture is the same point.',
  },
  gradientNorm: { title: 'Gradient norm', summary: 'Length of the gradient over all weights, before clipping.' },
  minedTriplets: { title: 'Mined triplets', summary: 'Triplets that the miner gave to the loss.' },
  learningRate: { title: 'Learning rate', summary: 'The learning rate of this step.' },
  margin: { title: 'Margin α', summary: 'The margin of this step.' },
  imagesPerSecond: { title: 'Images per second', summary: 'Training pictures per second.', unit: 'img/s' },
  memory: { title: 'Memory', summary: 'Memory that the training process takes.', unit: 'MB' },
  'test/loss': {
    title: 'Held-out loss',
    summary:
      'The triplet loss of held-out pictures, in batches like those of training. Where it rises while the loss falls, the network learns its pictures by heart.',
  },
  'test/activeFraction': {
    title: 'Held-out active triplets',
    summary: 'Share of all valid triplets of held-out pictures whose loss is not zero.',
  },
  'test/recallAt1': {
    title: 'R@1',
    summary: 'Share of held-out pictures whose nearest other picture is of the same class; also called precision@1.',
    citation: cite(papers.realityCheck, '§2.3'),
    aliases: ['recallAt1', 'recall@1', 'precisionAt1', 'r@1', 'p@1'],
  },
  'test/recallAt2': {
    title: 'R@2',
    summary: 'Share with one of the same class among the nearest 2.',
    aliases: ['recallAt2', 'recall@2'],
  },
  'test/recallAt4': {
    title: 'R@4',
    summary: 'Share with one of the same class among the nearest 4.',
    aliases: ['recallAt4', 'recall@4'],
  },
  'test/recallAt8': {
    title: 'R@8',
    summary: 'Share with one of the same class among the nearest 8.',
    aliases: ['recallAt8', 'recall@8'],
  },
  'test/rPrecision': {
    title: 'R-precision',
    summary: 'Of the R nearest, where R is the size of the class, the share of the same class.',
    citation: papers.retrieval,
    aliases: ['rPrecision', 'rp'],
  },
  'test/mapAtR': {
    title: 'MAP@R',
    summary:
      'Mean average precision over the R nearest: as R-precision, but order counts. The most telling single number.',
    formula: 'MAP@R = 1/R · Σᵢ P(i) · [i-th is of the same class]',
    citation: cite(papers.realityCheck, '§2.3'),
    aliases: ['mapAtR', 'map', 'map@r', 'mapR'],
  },
  'test/identification': {
    title: 'Identification',
    summary:
      'Share of held-out pictures that are nearest to their own class when each class shows one picture of its own, over all choices of that picture. Measured where classes have 50 pictures or fewer on average.',
    citation: cite(papers.feret, '§2.2'),
    aliases: ['identification', 'oneShot', 'rank1'],
  },
  'test/rocAuc': {
    title: 'ROC AUC',
    summary: 'Verification: probability that a same pair is nearer than a different pair.',
    aliases: ['rocAuc', 'auc'],
  },
  'test/eer': {
    title: 'EER',
    summary: 'Verification: error rate where false accepts and false rejects are equal.',
    aliases: ['eer'],
  },
  'test/tarAtFar': {
    title: 'TAR@FAR 1e-3',
    summary: 'Verification: share of same pairs accepted while one in a thousand different pairs is.',
    aliases: ['tarAtFar', 'tar'],
  },
  'test/farThreshold': {
    title: 'Threshold at FAR 1e-3',
    summary: 'Verification: pairs up to this distance are accepted for TAR@FAR 1e-3, in units of the distance.',
    aliases: ['threshold', 'farThreshold'],
  },
  'test/nmi': {
    title: 'NMI',
    summary: 'Normalised mutual information of classes and as many k-means clusters of the held-out embeddings.',
    formula: 'NMI = 2 · I(classes; clusters) / (H(classes) + H(clusters))',
    citation: papers.agreement,
    aliases: ['nmi'],
  },
  'test/ami': {
    title: 'AMI',
    summary:
      'Mutual information of k-means clusters and classes, adjusted for chance: 0 is what luck gives, 1 perfect.',
    formula: 'AMI = (I − E[I]) / ((H(classes) + H(clusters)) / 2 − E[I])',
    citation: papers.agreement,
    aliases: ['ami'],
  },
} as const satisfies Record<MetricId, Metric>
