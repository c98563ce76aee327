import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { RunSpec } from '../../protocol/runSpec.ts'
import { writeExperiment } from '../../server/experiment/writeExperiment.ts'
import { spec } from '../store/helpers.ts'
import { resolved } from './helpers.ts'

const folder = '/lab'
const back = (given: RunSpec) => resolved(writeExperiment(given, folder), { folder })[0].spec

const changes: Partial<RunSpec>[] = [
  { dataset: { kind: 'folder', path: '/lab/faces' }, image: { size: 32, channels: 1 } },
  { dataset: { kind: 'idx', images: '/data/a.idx', labels: '/lab/sub/b.idx' }, split: { by: 'example', test: 0.2, seed: 4 } },
  { dataset: { kind: 'csv', path: '/far/list.csv' }, seed: 99, engine: 'onnx-cpu' },
  { mining: { strategy: 'batch-easy-hard', positives: 'easy', negatives: 'semi-hard' } },
  { mining: { strategy: 'semi-hard', fallback: 'farthest' }, curriculum: [{ fromEpoch: 2, margin: 0.4 }] },
  { mining: { strategy: 'n-hard', from: 2, to: 5 }, batch: { classes: 4, samplesPerClass: 8 } },
  { optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.5, weightDecay: 1e-4 }, clipNorm: 2 },
  { schedule: { kind: 'cosine', warmupSteps: 10, final: 0.1 }, stepsPerEpoch: 12 },
  { schedule: { kind: 'plateau', warmupSteps: 0, patience: 3, factor: 0.5 }, evaluation: { everyEpochs: 2, gallery: 'test', patience: 4 } },
  { model: { architecture: 'mlp', embeddingSize: 16, hidden: [32, 16], dropout: 0.1 } },
  { model: { architecture: 'residual', embeddingSize: 128, filters: [16, 32], blocks: 2, dropout: 0 } },
  {
    model: {
      architecture: 'layers',
      embeddingSize: 8,
      layers: [
        { type: 'conv', filters: 8, kernelSize: 3, stride: 1, padding: 'same', bias: true },
        { type: 'relu' },
        { type: 'flatten' },
      ],
    },
  },
  { loss: { margin: 1.5, distance: 'euclidean', normalize: false, softMargin: true, swap: true, reducer: 'mean' } },
  { augment: { flip: true, shift: 2, rotate: 10, zoom: 0.1, color: 0.2, grayscale: 0.1, erase: 0.3, mirrorClasses: 0.5, turnClasses: 0.25, recolorClasses: 0.6, stretchClasses: 0.2, warpClasses: 1.5, joinClasses: 0.3 } },
] // prettier-ignore

describe('a run written as an experiment file', () => {
  it.each(changes.map(change => [Object.keys(change).join(', '), change] as const))(
    'asks for the same: %s',
    (_, change) => {
      expect(back({ ...spec, ...change })).toEqual({ ...spec, ...change })
    },
  )

  it('asks for the same, whatever changes come together', () => {
    fc.assert(
      fc.property(fc.subarray(changes), fc.double({ min: 1e-6, max: 10, noNaN: true }), (parts, margin) => {
        const wanted = v.parse(RunSpec, Object.assign({}, spec, ...parts) as unknown)
        const given = { ...wanted, loss: { ...wanted.loss, margin } }
        expect(back(given)).toEqual(given)
      }),
      { numRuns: 200 },
    )
  })

  it('says only what is not the default anyway, with paths as people write them', () => {
    const text = writeExperiment(
      resolved('{ "dataset": { "folder": "./faces" }, "seed": 3 }', { folder })[0].spec,
      folder,
      'a',
    )
    expect(text).toBe('{\n  "name": "a",\n  "dataset": { "folder": "./faces" },\n  "seed": 3,\n}\n')
  })
})
