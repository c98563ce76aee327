/** The triplet loss: distance, margin and its variants. */
import { positive, type Choice, type ObjectSetting } from './entry.ts'
import type { Distance } from '../../protocol/runSpec.ts'
import { cite, papers } from './papers.ts'

export const distances = {
  euclidean: {
    summary: 'Straight-line distance; on the unit sphere between 0 and 2.',
    formula: 'd(x, y) = ‖x − y‖₂',
    citation: cite(papers.defense, '§2'),
    aliases: ['l2', 'lp'],
  },
  'squared-euclidean': {
    summary: 'Squared straight-line distance, as FaceNet uses it; on the unit sphere between 0 and 4.',
    formula: 'd(x, y) = ‖x − y‖₂²',
    citation: cite(papers.facenet, '§3.1'),
    aliases: ['sqeuclidean', 'l2-squared', 'squared-l2'],
  },
  cosine: {
    summary: 'One minus the cosine of the angle between the two; between 0 and 2.',
    formula: 'd(x, y) = 1 − x·y / (‖x‖ ‖y‖)',
    aliases: ['cosine-similarity', 'angular-distance'],
  },
} as const satisfies Record<Distance, Choice>

export const reducers = {
  mean: { summary: 'Mean over all mined triplets. It falls as triplets become easy.', aliases: ['average', 'avg'] },
  'mean-nonzero': {
    summary: 'Mean over the triplets whose loss is not zero. It stays near the margin while fewer and fewer remain.',
    aliases: ['avg-nonzero', 'avgNonZero', 'mean-active'],
  },
} as const satisfies Record<'mean' | 'mean-nonzero', Choice>

export const loss: ObjectSetting = {
  kind: 'object',
  summary: 'The triplet loss: every positive should be nearer to its anchor than every negative, by the margin.',
  formula: 'ℓ(a, p, n) = max(0, d(a, p) − d(a, n) + α)',
  citation: cite(papers.facenet, '§3.1'),
  aliases: ['criterion', 'lossFunction', 'tripletLoss'],
  properties: {
    margin: {
      kind: 'number',
      integer: false,
      range: positive,
      default: 0.2,
      tries: [0.1, 0.2, 0.5],
      unit: 'units of the distance',
      symbol: 'α',
      outside: {
        code: 'margin-not-positive',
        why: 'With α at 0 or below, a network that maps every picture to the same point already has no loss.',
      },
      summary:
        'The margin α: how much farther a negative must be than a positive. One value for the loss and for the miner.',
      formula: 'd(a, p) + α ≤ d(a, n)',
      citation: cite(papers.facenet, '§3.1'),
      aliases: ['alpha', 'α', 'm', 'tripletMargin'],
    },
    distance: {
      kind: 'choice',
      choices: distances,
      default: 'squared-euclidean',
      summary: 'How far apart two embeddings are.',
      aliases: ['metric', 'distanceMetric', 'd'],
    },
    normalize: {
      kind: 'boolean',
      default: true,
      summary: 'Put embeddings on the unit sphere. Without it the scale is free, and α means little.',
      formula: 'f(x) ← f(x) / ‖f(x)‖₂',
      citation: cite(papers.facenet, '§3.1'),
      aliases: ['normalise', 'normalizeEmbeddings', 'l2Normalize', 'unitNorm'],
    },
    softMargin: {
      kind: 'boolean',
      default: false,
      summary: 'A smooth loss that pulls on every triplet and never becomes quite zero.',
      formula: 'ℓ(a, p, n) = ln(1 + exp(d(a, p) − d(a, n) + α))',
      citation: cite(papers.defense, '§2'),
      aliases: ['soft', 'smoothLoss', 'softplus'],
    },
    swap: {
      kind: 'boolean',
      default: false,
      summary: 'Push the negative away from the positive where it is nearer to that than to the anchor.',
      formula: 'd(a, n) ← min(d(a, n), d(p, n))',
      citation: papers.swap,
      aliases: ['anchorSwap', 'distanceSwap'],
    },
    reducer: {
      kind: 'choice',
      choices: reducers,
      default: 'mean',
      summary: 'What the mean over triplets counts.',
      aliases: ['reduction'],
    },
  },
}
