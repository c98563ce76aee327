/** What docs/results.md shows: which data, which settings, which seeds. */
import type { MetricId } from '../../protocol/metrics.ts'
import type { MinerId } from '../../protocol/runSpec.ts'

/** An experiment as a file would say it, without its seed. */
export type Experiment = Readonly<Record<string, unknown>>

export interface Row {
  readonly name: string
  /** Path of an experiment file from the project's root, or the experiment itself. */
  readonly experiment: string | Experiment
  readonly seeds: readonly number[]
}

export interface Study {
  readonly id: string
  readonly title: string
  /** What was done, in Markdown. */
  readonly about: string
  /** Columns; the first decides which row is best. All are shares, shown in percent. */
  readonly metrics: readonly MetricId[]
  /**
   * `recipes`: different settings, in the order given, with the time that each took. `miners`: the same settings with each
   * miner, the best first.
   */
  readonly kind: 'recipes' | 'miners'
  readonly rows: readonly Row[]
  /** Seeds of the raw pixels, compared on the pictures of the first row. */
  readonly rawSeeds: readonly number[]
  /** Environment variable that says where the pictures lie, when they cannot be shipped. */
  readonly folder?: string
}

const threeSeeds = [1, 2, 3]

const minerNames: readonly MinerId[] = [
  'random',
  'batch-all',
  'batch-hard',
  'semi-hard',
  'triplet-margin',
  'batch-easy-hard',
  'distance-weighted',
  'multi-similarity',
  'angular',
  'n-hard',
  'closest-gap',
]

function eachMiner(experiment: Experiment, seeds: readonly number[]): Row[] {
  return minerNames.map(name => ({ name, experiment: { ...experiment, mining: name }, seeds }))
}

const block = (filters: number, more: object = {}) => [
  { type: 'conv', filters, bias: false, ...more },
  'batch-norm',
  'relu',
]

/** Three blocks, each of twice as many channels as the one before; @param first what its first convolution has besides */
const tower = (filters: number, first: object) => [
  ...block(filters, first),
  ...block(2 * filters),
  'max-pool',
  ...block(4 * filters),
  'max-pool',
]

interface EmojiRecipe {
  readonly layers: readonly unknown[]
  readonly margin: number
  readonly joinClasses: number
  readonly epochs: number
}

/** The distance-weighted miner, which serves best here, longer embeddings, and every way to make new classes that helps. */
function emojiRecipe({ layers, margin, joinClasses, epochs }: EmojiRecipe): Experiment {
  return {
    dataset: { name: 'emoji' },
    split: { by: 'class', test: 0.5 },
    model: { architecture: 'layers', layers, embeddingSize: 512 },
    loss: { margin, distance: 'squared-euclidean' },
    mining: 'distance-weighted',
    batch: { classes: 32, samplesPerClass: 4 },
    augment: {
      shift: 2,
      color: 0.2,
      grayscale: 0.2,
      mirrorClasses: 0.5,
      turnClasses: 0.4,
      recolorClasses: 0.6,
      joinClasses,
    },
    schedule: { kind: 'cosine' },
    evaluation: { everyEpochs: epochs },
    epochs,
  }
}

/** A first try, as anybody would make it: semi-hard triplets, batch norm, and pictures that are moved and turned grey. */
const plainEmoji: Experiment = {
  dataset: { name: 'emoji' },
  split: { by: 'class', test: 0.5 },
  model: { architecture: 'conv', filters: [32, 64], batchNorm: true, embeddingSize: 64 },
  loss: { margin: 0.2, distance: 'squared-euclidean' },
  mining: 'semi-hard',
  batch: { classes: 32, samplesPerClass: 4 },
  augment: { shift: 2, grayscale: 0.2 },
  schedule: { kind: 'cosine' },
  evaluation: { everyEpochs: 60 },
  stepsPerEpoch: 50,
  epochs: 60,
}

const threeMinutes = emojiRecipe({
  layers: [...tower(32, { stride: 2 }), { type: 'dropout', rate: 0.2 }],
  margin: 0.3,
  joinClasses: 0.25,
  epochs: 37,
})

const widerRecipe = (epochs: number) =>
  emojiRecipe({
    layers: [...tower(40, { kernelSize: 5, stride: 2 }), { type: 'dropout', rate: 0.3 }],
    margin: 0.4,
    joinClasses: 0.2,
    epochs,
  })

const emojiMiners: Experiment = {
  dataset: { name: 'emoji' },
  image: { size: 16 },
  split: { by: 'class', test: 0.5 },
  model: { architecture: 'conv', filters: [32, 64], batchNorm: true, embeddingSize: 64 },
  loss: { margin: 0.2, distance: 'squared-euclidean' },
  batch: { classes: 32, samplesPerClass: 4 },
  augment: { shift: 1, color: 0.2, grayscale: 0.2 },
  schedule: { kind: 'cosine' },
  evaluation: { everyEpochs: 5 },
  epochs: 5,
}

const faces: Experiment = {
  dataset: { folder: './pictures' },
  image: { size: 32, channels: 1 },
  split: { by: 'class', test: 0.5 },
  model: { architecture: 'conv', filters: [32, 64, 128], batchNorm: true, embeddingSize: 128 },
  loss: { margin: 0.2, distance: 'squared-euclidean' },
  mining: 'semi-hard',
  batch: { classes: 20, samplesPerClass: 4 },
  augment: { flip: true, shift: 1, zoom: 0.15, rotate: 10, color: 0.3, erase: 0.3 },
  schedule: { kind: 'cosine' },
  stepsPerEpoch: 200,
  epochs: 1,
}

/** Faces that are mirrored alike are one more person to tell apart. */
const mirroredFaces: Experiment = {
  ...faces,
  image: { size: 48, channels: 1 },
  mining: 'distance-weighted',
  augment: { mirrorClasses: 0.5, shift: 1, zoom: 0.15, rotate: 10, color: 0.3, erase: 0.3 },
}

/** People who are mirrored, stretched, bent or joined alike are new people too. */
const joinedFaces: Experiment = {
  ...faces,
  image: { size: 48, channels: 1 },
  model: {
    architecture: 'layers',
    layers: tower(16, { stride: 2 }),
    embeddingSize: 128,
  },
  mining: 'distance-weighted',
  augment: {
    shift: 1,
    zoom: 0.15,
    rotate: 10,
    erase: 0.3,
    mirrorClasses: 0.5,
    stretchClasses: 0.25,
    warpClasses: 4,
    joinClasses: 0.4,
  },
  stepsPerEpoch: 2150,
}

const facesMiners: Experiment = { ...faces, stepsPerEpoch: 50 }

const fashion: Experiment = {
  dataset: { name: 'fashion-mnist' },
  split: { by: 'given' },
  evaluation: { gallery: 'train', everyEpochs: 4 },
  model: { architecture: 'conv', filters: [32, 64, 128], batchNorm: true, embeddingSize: 128 },
  loss: { margin: 0.2, distance: 'squared-euclidean' },
  mining: 'semi-hard',
  batch: { classes: 10, samplesPerClass: 24 },
  augment: { flip: true, shift: 2, erase: 0.3 },
  schedule: { kind: 'cosine' },
  epochs: 4,
}

/** One more dense layer, fewer changes to the pictures and three times the epochs. */
const longerFashion: Experiment = {
  ...fashion,
  evaluation: { gallery: 'train', everyEpochs: 12 },
  model: {
    architecture: 'layers',
    layers: [
      ...[32, 64, 128].flatMap(filters => [...block(filters), 'max-pool']),
      'flatten',
      { type: 'dense', units: 256 },
      'batch-norm',
      'relu',
    ],
    embeddingSize: 128,
  },
  augment: { flip: true, shift: 1 },
  epochs: 12,
}

export const studies: readonly Study[] = [
  {
    id: 'emoji',
    title: 'Emoji never seen in training',
    about: [
      'Half of the 1,180 classes are held out; each picture looks for its nearest among all other held-out ones, and R@1 is',
      'the share that finds its own class. See [the dataset](../data/emoji/README.md). A recipe is named after about how long it',
      'takes on two idle cores. Turned and joined classes and dropout were chosen on other random halves than these.',
    ].join('\n'),
    metrics: ['test/recallAt1', 'test/mapAtR', 'test/identification'],
    kind: 'recipes',
    rows: [
      { name: 'the example', experiment: 'examples/emoji.triplet.json', seeds: [1] },
      { name: 'a first try', experiment: plainEmoji, seeds: [1] },
      { name: 'three minutes', experiment: threeMinutes, seeds: threeSeeds },
      { name: 'five minutes', experiment: widerRecipe(52), seeds: threeSeeds },
      { name: 'ten minutes', experiment: widerRecipe(104), seeds: threeSeeds },
    ],
    rawSeeds: threeSeeds,
  },
  {
    id: 'emoji-miners',
    title: 'Emoji: each miner',
    about: [
      'Small pictures (16 × 16), a small network and five epochs, so that each run takes half a minute on one core: what',
      'counts is the order of the miners, not the level.',
    ].join('\n'),
    metrics: ['test/recallAt1', 'test/mapAtR', 'test/identification'],
    kind: 'miners',
    rows: eachMiner(emojiMiners, threeSeeds),
    rawSeeds: threeSeeds,
  },
  {
    id: 'faces',
    title: 'Faces of people never seen in training',
    about: [
      'The ORL database of faces (Olivetti Research Laboratory): 40 people with ten pictures each, 20 of them held out.',
      'Identification: one picture of each of these 20 is known, and the others are to be told apart by it, over all choices',
      'of that picture. The pictures are not part of this project: `TRIPLET_LAB_ORL_FACES` names the folder. The last recipe was',
      'chosen on other random halves of the people.',
    ].join('\n'),
    metrics: ['test/identification', 'test/recallAt1', 'test/mapAtR'],
    kind: 'recipes',
    rows: [
      { name: 'semi-hard', experiment: faces, seeds: threeSeeds },
      { name: 'distance-weighted, mirrored people', experiment: mirroredFaces, seeds: threeSeeds },
      { name: 'mirrored, bent and joined people', experiment: joinedFaces, seeds: threeSeeds },
    ],
    rawSeeds: threeSeeds,
    folder: 'TRIPLET_LAB_ORL_FACES',
  },
  {
    id: 'faces-miners',
    title: 'Faces: each miner',
    about: 'The first recipe with 50 steps.',
    metrics: ['test/identification', 'test/recallAt1', 'test/mapAtR'],
    kind: 'miners',
    rows: eachMiner(facesMiners, threeSeeds),
    rawSeeds: threeSeeds,
    folder: 'TRIPLET_LAB_ORL_FACES',
  },
  {
    id: 'mnist',
    title: 'MNIST, one epoch',
    about: [
      'The MNIST example of pytorch-metric-learning with its network, loss, miner and batch: precision@1 with the training set',
      'as gallery is 0.9789 there, and R@1 is the same number here.',
    ].join('\n'),
    metrics: ['test/recallAt1', 'test/mapAtR'],
    kind: 'recipes',
    rows: [{ name: 'the example', experiment: 'examples/mnist.triplet.json', seeds: threeSeeds }],
    rawSeeds: [1],
  },
  {
    id: 'fashion',
    title: 'Fashion-MNIST, seen classes',
    about: 'Its own test set, with the training set as gallery.',
    metrics: ['test/recallAt1', 'test/mapAtR'],
    kind: 'recipes',
    rows: [
      { name: 'conv 32-64-128', experiment: fashion, seeds: [1] },
      { name: 'conv 32-64-128, dense 256', experiment: longerFashion, seeds: threeSeeds },
    ],
    rawSeeds: [1],
  },
]
