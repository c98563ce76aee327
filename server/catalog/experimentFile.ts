/** The whole experiment file: every key that may stand at its top. */
import { count, type ObjectSetting } from './entry.ts'
import { augment } from './augmentations.ts'
import { batch, dataset, image, split } from './datasets.ts'
import { loss } from './losses.ts'
import { curriculum, mining } from './miners.ts'
import { model } from './models.ts'
import { optimizer, schedule } from './optimizers.ts'
import { sweep } from './sweeps.ts'

const seed = {
  kind: 'number',
  integer: true,
  range: { min: 0, max: 4_294_967_295 },
  default: 1,
  tries: [1, 2, 3],
  summary: 'The same seed on the same engine gives the same run. Several, to see how much is luck.',
  aliases: ['randomSeed', 'randomState'],
} as const

export const experimentFile: ObjectSetting = {
  kind: 'object',
  summary: 'A Triplet Lab experiment: what to learn from, with which network, loss and miner, and for how long.',
  properties: {
    $schema: { kind: 'text', optional: true, summary: 'For other editors: where the JSON schema of this file lies.' },
    extends: {
      kind: 'text',
      optional: true,
      path: 'file',
      summary:
        'Another experiment file whose settings hold here too, unless this one has its own. A file that is only there to be extended is named *.base.triplet.json.',
      aliases: ['base', 'inherits', 'include'],
    },
    name: {
      kind: 'text',
      optional: true,
      summary: 'What runs of this file are called. Left out: what differs from the defaults.',
      aliases: ['title', 'runName'],
    },
    dataset,
    image,
    split,
    model,
    loss,
    mining,
    curriculum,
    batch,
    optimizer,
    schedule,
    augment,
    epochs: {
      kind: 'number',
      integer: true,
      range: { min: 1, max: 100_000 },
      default: 20,
      tries: [5, 20, 50],
      summary: 'How many times the run goes through the training set.',
      aliases: ['numEpochs', 'nEpochs', 'maxEpochs'],
    },
    stepsPerEpoch: {
      kind: 'number',
      integer: true,
      range: count,
      default: null,
      whenNull: 'as many as see the training set once',
      unit: 'steps',
      summary: 'Batches in an epoch.',
      aliases: ['batchesPerEpoch', 'iterations', 'steps'],
    },
    evaluation: {
      kind: 'object',
      summary: 'When and how the held-out pictures are tested.',
      aliases: ['eval', 'evaluate', 'testing'],
      properties: {
        everyEpochs: {
          kind: 'number',
          integer: true,
          range: count,
          default: 1,
          unit: 'epochs',
          summary: 'Epochs from one evaluation to the next.',
          aliases: ['every', 'interval'],
        },
        gallery: {
          kind: 'choice',
          default: 'test',
          summary: 'Where the neighbours of a held-out picture are looked for.',
          choices: {
            test: { summary: 'Among the other held-out pictures.', aliases: ['self'] },
            train: {
              summary: 'In the training set. Only where both sides share their classes.',
              aliases: ['training'],
            },
          },
        },
        patience: {
          kind: 'number',
          integer: true,
          range: count,
          default: null,
          whenNull: 'never',
          unit: 'evaluations',
          summary: 'Stop when MAP@R has not improved in so many evaluations.',
          aliases: ['earlyStopping', 'earlyStop'],
        },
      },
    },
    seed,
    engine: {
      kind: 'text',
      default: 'auto',
      summary:
        'What computes: an engine’s id, or `auto` for the fastest that works here. `triplet-lab doctor` lists them.',
      aliases: ['backend', 'device'],
    },
    sweep,
  },
}
