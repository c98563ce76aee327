/** Where pictures come from, how they are brought to one size, and which of them are held out. */
import { type Choice, count, type ObjectSetting, type OneOfSetting, type TextSetting } from './entry.ts'
import type { DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'
import { cite, papers } from './papers.ts'

type NamedDataset = Extract<DatasetSpec['kind'], 'emoji' | 'mnist' | 'fashion-mnist'>

/** What can be known of a dataset without opening it. */
export interface KnownFacts {
  readonly classes: number
  readonly images: number
  /** Pictures in the smallest class. */
  readonly smallestClass: number
  readonly largestClass: number
  /** Size of the pictures in pixels; `null` where they differ or it is not known. */
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number } | null
  readonly hasGivenSplit: boolean
  /** Pictures on the given training side; `null` without a given split. */
  readonly givenTraining: number | null
}

export const namedDatasets = {
  emoji: {
    summary:
      'Emoji drawn by several vendors, 32×32 in colour: about a thousand classes with six to nine pictures each. Comes with Triplet Lab.',
  },
  mnist: {
    summary: 'Handwritten digits, 28×28 grey: ten classes, 60,000 pictures for training and 10,000 for testing.',
    citation: papers.mnist,
  },
  'fashion-mnist': {
    summary: 'Articles of clothing, 28×28 grey: ten classes, 60,000 pictures for training and 10,000 for testing.',
    citation: papers.fashionMnist,
    aliases: ['fashionMnist', 'fashion'],
  },
} as const satisfies Record<NamedDataset, Choice>

const mnistLike = {
  classes: 10,
  images: 70_000,
  shape: { height: 28, width: 28, channels: 1 },
  hasGivenSplit: true,
  givenTraining: 60_000,
}
/** Published facts of datasets that never change. Emoji is ours: its facts are read from its files. */
export const knownFacts: Readonly<Partial<Record<DatasetSpec['kind'], KnownFacts>>> = {
  mnist: { ...mnistLike, smallestClass: 6_313, largestClass: 7_877 },
  'fashion-mnist': { ...mnistLike, smallestClass: 7_000, largestClass: 7_000 },
}

const path = (kind: 'folder' | 'file', summary: string, aliases: readonly string[] = []): TextSetting => ({
  kind: 'text',
  path: kind,
  summary,
  aliases,
})

export const dataset: OneOfSetting = {
  kind: 'oneOf',
  summary: 'The labelled pictures to learn from. Pictures of one class belong together.',
  aliases: ['data', 'datasets'],
  properties: {
    name: {
      kind: 'choice',
      choices: namedDatasets,
      summary: 'A dataset that Triplet Lab knows by name.',
      aliases: ['id'],
    },
    folder: path('folder', 'A folder with one folder of pictures per class.', [
      'directory',
      'dir',
      'path',
      'imageFolder',
    ]),
    csv: path('file', 'A CSV file with the columns path, label and, if you like, split (train or test).', ['manifest']),
    idx: {
      kind: 'object',
      summary: 'Two IDX files, as MNIST has them; .gz too.',
      citation: papers.mnist,
      properties: {
        images: path('file', 'The IDX file of the pictures.'),
        labels: path('file', 'The IDX file of the labels.'),
      },
    },
    cifar: { ...path('folder', 'A folder with the binary files of CIFAR-10 or CIFAR-100.'), citation: papers.cifar },
    npz: path('file', 'A NumPy .npz file with the arrays images [n, height, width(, channels)] and labels [n].', [
      'npy',
      'numpy',
    ]),
    parquet: path('file', 'A Parquet file with the columns image and label, as Hugging Face writes them.', [
      'huggingface',
    ]),
  },
}

export const image: ObjectSetting = {
  kind: 'object',
  summary: 'The one size and colour that every picture is brought to.',
  aliases: ['images', 'input'],
  properties: {
    size: {
      kind: 'number',
      integer: true,
      range: { min: 4, max: 512 },
      default: null,
      whenNull: 'as the first picture',
      tries: [28, 32, 64],
      unit: 'pixels',
      summary: 'Width and height of the pictures.',
      aliases: ['resize', 'width', 'height'],
    },
    channels: {
      kind: 'number',
      integer: true,
      range: { min: 1, max: 3 },
      only: [1, 3],
      default: null,
      whenNull: 'as the first picture',
      tries: [1, 3],
      summary: '1 for grey, 3 for colour.',
    },
  },
}

export const splits = {
  class: {
    summary: 'Test classes are never seen in training, as papers on metric learning do.',
    citation: cite(papers.realityCheck, '§2'),
    aliases: ['classes'],
  },
  example: {
    summary: 'Every class is on both sides, with different pictures.',
    aliases: ['image', 'examples', 'random', 'sample'],
  },
  given: {
    summary: 'As the dataset itself says: MNIST’s own test set, the split column of a CSV file.',
    aliases: ['official', 'default', 'predefined'],
  },
} as const satisfies Record<RunSpec['split']['by'], Choice>

export const split: ObjectSetting = {
  kind: 'object',
  summary: 'Which pictures are held out for testing.',
  aliases: ['validation', 'holdout', 'testSplit'],
  properties: {
    by: {
      kind: 'choice',
      choices: splits,
      default: 'class',
      summary: 'What is divided: classes, or the pictures of each class.',
    },
    test: {
      kind: 'number',
      integer: false,
      range: { min: 0, max: 1, open: 'both' },
      default: 0.5,
      tries: [0.2, 0.5],
      summary: 'The share that is held out.',
      aliases: ['testSize', 'testFraction', 'validation', 'val'],
    },
    folds: {
      kind: 'number',
      integer: true,
      range: { min: 2, max: 1_000 },
      optional: true,
      summary:
        'For k-fold cross-validation, k: classes (or the pictures of each class) are dealt into so many parts, of which one is held out. `test` then plays no part.',
      aliases: ['k', 'kFold', 'kfolds', 'nSplits', 'crossValidation'],
    },
    fold: {
      kind: 'number',
      integer: true,
      range: count,
      optional: true,
      summary:
        'Which of the folds is held out, from 1. `{ "values": [1, 2, 3, 4, 5] }` trains one run for each and gives their mean with its interval.',
    },
    seed: {
      kind: 'number',
      integer: true,
      range: { min: -2_147_483_648, max: 2_147_483_647 },
      default: 1,
      summary: 'Which classes or pictures are held out. Apart from the run’s own seed, so that runs stay comparable.',
    },
  },
}

export const batch: ObjectSetting = {
  kind: 'object',
  summary: 'What one step sees: P classes with K pictures each.',
  formula: 'P × K pictures, P·K·(K − 1)·(P·K − K) triplets',
  citation: cite(papers.defense, '§2'),
  aliases: ['batches', 'sampler'],
  properties: {
    classes: {
      kind: 'number',
      integer: true,
      range: { min: 2, max: 100_000 },
      outside: {
        code: 'batch-too-few-classes',
        why: 'A triplet needs two classes: one for anchor and positive, one for the negative.',
      },
      symbol: 'P',
      default: 32,
      tries: [8, 16, 32],
      summary: 'P, the classes in a batch. A triplet needs two: one for the anchor, one for the negative.',
      aliases: ['p', 'classesPerBatch', 'numClasses', 'labels'],
    },
    samplesPerClass: {
      kind: 'number',
      integer: true,
      range: { min: 2, max: 100_000 },
      outside: {
        code: 'batch-too-few-samples',
        why: 'A triplet needs two pictures of one class: the anchor and the positive.',
      },
      symbol: 'K',
      default: 4,
      tries: [2, 4, 8],
      summary: 'K, the pictures of each class in a batch. A triplet needs two: anchor and positive.',
      aliases: ['k', 'm', 'perClass', 'imagesPerClass', 'samples', 'instances'],
    },
  },
}
