/** The miners: which triplets of a batch the loss sees. One entry per miner of server/core/miners. */
import {
  count,
  nonNegative,
  positive,
  type ChoiceSetting,
  type ListSetting,
  type Option,
  type VariantSetting,
} from './entry.ts'
import type { MinerId } from '../../protocol/runSpec.ts'
import { cite, papers } from './papers.ts'

/** Difficulty of a triplet: d(a, n) against d(a, p) and α. */
export const difficulties = {
  hard: { summary: 'The negative is at least as near as the positive.', formula: 'd(a, n) ≤ d(a, p)' },
  'semi-hard': {
    summary: 'The negative is farther than the positive, but not by the margin.',
    formula: 'd(a, p) < d(a, n) ≤ d(a, p) + α',
    aliases: ['semihard'],
  },
  easy: {
    summary: 'The negative is farther by more than the margin: the loss is zero.',
    formula: 'd(a, n) > d(a, p) + α',
  },
} as const

const ofDifficulty = (summary: string, preset: string): ChoiceSetting => ({
  kind: 'choice',
  choices: difficulties,
  default: preset,
  summary,
})

export const miners = {
  random: {
    summary: 'Valid triplets at random: the baseline. Most of them are soon too easy to teach anything.',
    properties: {
      tripletsPerAnchor: {
        kind: 'number',
        integer: true,
        range: count,
        default: 4,
        tries: [1, 4, 16],
        summary: 'Triplets drawn for each anchor.',
      },
    },
  },
  'batch-all': {
    summary: 'Every valid triplet of the batch.',
    formula: 'P·K·(K − 1)·(P·K − K) triplets',
    citation: cite(papers.defense, '§2'),
    aliases: ['all', 'batchall'],
    properties: {},
  },
  'batch-hard': {
    summary:
      'For each anchor its farthest positive and its nearest negative. Strong, but from the first step it often collapses.',
    formula: 'max over p of d(a, p), min over n of d(a, n); P·K triplets',
    citation: cite(papers.defense, '§2'),
    aliases: ['hard', 'batchhard', 'hardest'],
    properties: {},
  },
  'semi-hard': {
    summary:
      'For each anchor and positive the nearest negative that is still farther than the positive. Robust: start here.',
    formula: 'min d(a, n) with d(a, n) > d(a, p); P·K·(K − 1) triplets',
    citation: cite(papers.facenet, '§3.2'),
    aliases: ['semihard', 'facenet', 'semi'],
    properties: {
      fallback: {
        kind: 'choice',
        default: 'farthest',
        summary: 'What to take when no negative is farther than the positive.',
        choices: {
          farthest: { summary: 'The farthest negative, as Keras and TensorFlow Addons do.' },
          skip: { summary: 'No triplet for this pair.', aliases: ['none'] },
        },
      },
    },
  },
  'triplet-margin': {
    summary: 'Every triplet of one difficulty.',
    formula: 'Δ = d(a, n) − d(a, p)',
    aliases: ['tripletmarginminer'],
    properties: {
      select: {
        kind: 'choice',
        default: 'semi-hard',
        summary: 'Which triplets to keep, by Δ = d(a, n) − d(a, p).',
        choices: {
          all: { summary: 'All that violate the margin.', formula: 'Δ ≤ α' },
          hard: { summary: 'Only hard ones.', formula: 'Δ ≤ 0' },
          'semi-hard': { summary: 'Only semi-hard ones.', formula: '0 < Δ ≤ α', aliases: ['semihard'] },
          easy: { summary: 'Only easy ones; their loss is zero. For studying, not for training.', formula: 'Δ > α' },
        },
      },
    },
  },
  'batch-easy-hard': {
    summary: 'For each anchor one positive and one negative of chosen difficulty.',
    citation: cite(papers.easyPositive, '§3'),
    aliases: ['batcheasyhard', 'easy-positive'],
    properties: {
      positives: ofDifficulty('Which positive: the nearest (easy), the farthest (hard), or one in between.', 'easy'),
      negatives: ofDifficulty(
        'Which negative: the farthest (easy), the nearest (hard), or the nearest beyond the positive.',
        'semi-hard',
      ),
    },
  },
  'distance-weighted': {
    summary:
      'Negatives drawn so that all distances are equally likely. Needs unit-norm embeddings and Euclidean distance.',
    formula: 'q(d)⁻¹ ∝ d^(2−n) (1 − d²/4)^((3−n)/2)',
    citation: cite(papers.sampling, '§3'),
    aliases: ['distanceweighted'],
    properties: {
      cutoff: {
        kind: 'number',
        integer: false,
        range: { min: 0, max: 2, open: 'min' },
        default: 0.5,
        summary: 'Shorter distances count as this one, which bounds the weights.',
      },
      nonzeroLossCutoff: {
        kind: 'number',
        integer: false,
        range: { min: 0, max: 2, open: 'min' },
        default: 1.4,
        summary: 'No negative beyond this distance.',
      },
    },
  },
  'multi-similarity': {
    summary: 'Pairs that are hard relative to the others of the same anchor. Uses cosine similarity.',
    formula: 'keep n if S(a, n) + ε > min S(a, p); keep p if S(a, p) − ε < max S(a, n)',
    citation: cite(papers.multiSimilarity, '§4.1'),
    aliases: ['multisimilarity', 'ms'],
    properties: {
      epsilon: {
        kind: 'number',
        integer: false,
        range: nonNegative,
        default: 0.1,
        tries: [0.05, 0.1, 0.2],
        summary: 'The slack ε of the comparison, in cosine similarity.',
      },
    },
  },
  angular: {
    summary: 'Triplets whose angle at the negative is too wide.',
    formula: 'keep if atan(d(a, p) / (2 ‖n − c‖)) > angle, c = (a + p) / 2',
    citation: cite(papers.angular, '§3.1'),
    properties: {
      angle: {
        kind: 'number',
        integer: false,
        range: { min: 0, max: 90, open: 'both' },
        default: 20,
        unit: 'degrees',
        tries: [20, 40],
        summary: 'The smallest angle that is kept.',
      },
    },
  },
  'n-hard': {
    summary:
      'The n hardest negatives of each anchor, or a range that skips the very hardest, which may be wrong labels.',
    aliases: ['nhard', 'hard-range'],
    properties: {
      from: {
        kind: 'number',
        integer: true,
        range: count,
        default: 1,
        summary: 'The first rank taken; 1 is the hardest.',
      },
      to: {
        kind: 'number',
        integer: true,
        range: count,
        default: 5,
        summary: 'The last rank taken.',
      },
    },
  },
  'closest-gap': {
    summary: 'For each anchor and positive the negative whose distance is closest to the positive’s, on either side.',
    formula: 'min |d(a, n) − d(a, p)|',
    properties: {},
  },
  offline: {
    summary:
      'No mining: triplets from a file, each a line with the paths of anchor, positive and negative. `batch` plays no part; lines that name a held-out picture are left out.',
    citation: cite(papers.facenet, '§3.2'),
    aliases: ['given', 'file', 'precomputed'],
    properties: {
      file: {
        kind: 'text',
        path: 'file',
        summary: 'A CSV file with the columns anchor, positive and negative.',
        aliases: ['path', 'csv'],
      },
      triplets: {
        kind: 'number',
        integer: true,
        range: count,
        default: 32,
        tries: [16, 32, 64],
        unit: 'triplets',
        summary: 'Triplets in a batch; each brings three pictures.',
        aliases: ['batchSize', 'tripletsPerBatch'],
      },
    },
  },
} as const satisfies Record<MinerId, Option>

export const mining: VariantSetting = {
  kind: 'variant',
  tag: 'strategy',
  options: miners,
  default: 'semi-hard',
  tries: ['random', 'semi-hard', 'batch-all'],
  summary: 'Which triplets of each batch the loss sees. Most triplets are soon easy: choosing matters.',
  citation: cite(papers.facenet, '§3.2'),
  aliases: ['miner', 'tripletMining', 'sampling'],
}

/** Another miner or margin from an epoch on. */
export const curriculum: ListSetting = {
  kind: 'list',
  minItems: 0,
  default: [],
  summary: 'Another miner or another margin from an epoch on: semi-hard first and batch-hard later, for example.',
  aliases: ['phases', 'stages'],
  item: {
    kind: 'object',
    summary: 'What changes, and when.',
    properties: {
      fromEpoch: {
        kind: 'number',
        integer: true,
        range: count,
        summary: 'The first epoch with the new values; the first epoch of a run is 1.',
        aliases: ['epoch', 'from', 'startEpoch'],
      },
      mining: { ...mining, optional: true, summary: 'The miner from then on.' },
      margin: {
        kind: 'number',
        integer: false,
        range: positive,
        optional: true,
        summary: 'The margin α from then on.',
        aliases: ['alpha', 'α'],
      },
    },
  },
}
