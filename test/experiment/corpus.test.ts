/** Files that are right are told nothing: thousands of them, made from the catalog. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../server/catalog/entry.ts'
import { inline } from '../../server/experiment/editText.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { codes } from '../../server/experiment/rules/codes.ts'
import { rules } from '../../server/experiment/rules/rules.ts'
import { findAll } from '../../server/experiment/validate.ts'
import { experiments } from './arbitraries.ts'
import { applyFix } from './helpers.ts'
import { surroundings } from './surroundings.ts'

const find = (text: string) => findAll(parseExperiment(text).tree, surroundings)
const size = fc.constantFrom(undefined, 2)
const text = (value: Json, indent: number | undefined) =>
  indent === undefined ? inline(value) : `// what was tried\n${JSON.stringify(value, null, indent)}\n`

/** Nothing but the emoji, whose facts are known: other paths lead nowhere. Sweeps and bases have tests of their own. */
const emojiOnly = { dataset: ['emoji', { name: 'emoji' }], extends: [undefined], sweep: [undefined] } as const

/** As a person sets things who knows what works: values that papers and examples use, and whatever they leave free. */
const sensible = {
  ...emojiOnly,
  'image.size': [16, 24, 32],
  'image.channels': [3],
  'split.by': ['class'],
  'split.test': [0.2, 0.3, 0.5],
  'split.folds': [undefined],
  'split.fold': [undefined],
  model: [
    'conv', 'residual', 'linear', 'mlp',
    { architecture: 'conv', filters: [16, 32], embeddingSize: 32, dropout: 0.1 },
    { architecture: 'conv', filters: [32, 64, 128], batchNorm: true, embeddingSize: 128 },
    { architecture: 'mlp', hidden: [256, 128], embeddingSize: 2 },
    { architecture: 'layers', layers: [{ type: 'conv', filters: 8 }, 'relu', 'max-pool', 'flatten', { type: 'dense', units: 64 }] },
  ],
  'loss.margin': [0.05, 0.1, 0.2, 0.5, 1],
  'loss.normalize': [true],
  'loss.softMargin': [false],
  'loss.reducer': ['mean-nonzero'],
  mining: [
    'random', 'semi-hard', 'distance-weighted', 'multi-similarity', 'angular', 'n-hard', 'closest-gap',
    { strategy: 'semi-hard', fallback: 'skip' },
    { strategy: 'triplet-margin', select: 'all' },
    { strategy: 'batch-easy-hard', positives: 'easy', negatives: 'semi-hard' },
    { strategy: 'distance-weighted', cutoff: 0.4, nonzeroLossCutoff: 1.2 },
    { strategy: 'n-hard', from: 2, to: 6 },
  ],
  curriculum: [[], [{ fromEpoch: 3, mining: 'batch-hard' }], [{ fromEpoch: 2, margin: 0.1 }, { fromEpoch: 4, mining: 'semi-hard' }]],
  'batch.classes': [4, 8, 16, 32],
  'batch.samplesPerClass': [2, 3, 4, 6],
  optimizer: ['adam', 'sgd', { name: 'adam', learningRate: 3e-4, weightDecay: 1e-4, clipNorm: 1 }, { name: 'sgd', learningRate: 0.05, momentum: 0.9 }],
  schedule: ['constant', 'cosine', { kind: 'step', everyEpochs: 2 }, { kind: 'plateau', patience: 3 }, { kind: 'cosine', warmupSteps: 50 }],
  'augment.shift': [0, 1, 3],
  epochs: [5, 20, 100],
  stepsPerEpoch: [20, 200],
  'evaluation.everyEpochs': [1, 2, 5],
  'evaluation.gallery': ['test'],
  'evaluation.patience': [undefined],
  engine: ['auto', 'onnx-cpu', 'tfjs-wasm'],
} // prettier-ignore

/** Values that contradict each other in many ways. */
const contradicting = {
  'loss.margin': [0.2, 3.99, 5],
  'loss.normalize': [true, false],
  'loss.softMargin': [false, true],
  'loss.distance': ['euclidean', 'cosine'],
  mining: ['batch-hard', 'batch-all', 'distance-weighted', 'multi-similarity', { strategy: 'n-hard', from: 4, to: 2 }, { strategy: 'n-hard', to: 999 }],
  'optimizer.learningRate': [1e-4, 0.1],
  'batch.classes': [4, 400, 2000],
  'batch.samplesPerClass': [4, 8],
  'model.embeddingSize': [1, 64, 2048],
  'model.filters': [[8], [8, 8, 8, 8, 8, 8]],
  'image.size': [16, 128],
  'image.channels': [1, 3],
  'schedule.warmupSteps': [0, 100],
  'evaluation.everyEpochs': [1, 5],
  epochs: [1, 20],
  stepsPerEpoch: [5, 500],
  seed: [1, 2],
} satisfies Readonly<Record<string, readonly Json[]>> // prettier-ignore

/** With the member at a path, given as `loss.margin`. */
function withAt(file: Readonly<Record<string, Json>>, path: string, value: Json): Record<string, Json> {
  const [section] = path.split('.')
  const key = path.split('.').at(1)
  return { ...file, [section]: key === undefined ? value : { ...(file[section] as object | undefined), [key]: value } }
}

describe('a sweep', () => {
  test('is told what each of its runs would be told', () => {
    const axes = fc
      .subarray(Object.entries<readonly Json[]>(contradicting), { minLength: 1, maxLength: 5 })
      .chain(chosen =>
        fc.tuple(
          ...chosen.map(([path, values]) =>
            fc.shuffledSubarray([...values], { minLength: 1, maxLength: 2 }).map(some => ({ path, some })),
          ),
        ),
      )
    const curriculum = fc.constantFrom<Json>(
      [],
      [
        { fromEpoch: 3, mining: 'batch-hard' },
        { fromEpoch: 2, margin: 9 },
      ],
    )
    const told = (file: Json) => {
      const found = find(inline(file)).map(one => one.code)
      return new Set(found.filter(code => !code.startsWith('sweep-')))
    }
    fc.assert(
      fc.property(axes, curriculum, (swept, changes) => {
        const base = { dataset: 'emoji', model: { architecture: 'conv' }, curriculum: changes }
        let runs: Record<string, Json>[] = [base]
        let sweep: Record<string, Json> = base
        for (const { path, some } of swept) {
          runs = runs.flatMap(run => some.map(value => withAt(run, path, value)))
          sweep = withAt(sweep, path, { values: some })
        }
        const each = new Set(runs.flatMap(run => [...told(run)]))
        expect([...told(sweep)].sort(), inline(sweep)).toEqual([...each].sort())
      }),
      { numRuns: 300, endOnFailure: true },
    )
  }, 120_000)
})

describe('a file made from the catalog', () => {
  test('with sensible values is told nothing', () => {
    fc.assert(
      fc.property(experiments({ only: sensible }), size, (value, indent) => {
        const file = text(value, indent)
        expect(find(file).map(one => one.code), file).toEqual([]) // prettier-ignore
      }),
      { numRuns: 1_000, endOnFailure: true },
    )
  }, 120_000)

  test('with any values that the catalog allows has the right shape, whatever else is said about it', () => {
    const semantic = new Set(rules.map(rule => rule.code))
    fc.assert(
      fc.property(experiments({ only: emojiOnly }), size, (value, indent) => {
        const file = text(value, indent)
        const found = find(file)
        expect(found.map(one => one.code).filter(code => !semantic.has(code)), file).toEqual([]) // prettier-ignore
        for (const { span, fixes = [] } of found) {
          expect(span.offset >= 0 && span.length > 0 && span.offset + span.length <= file.length).toBe(true)
          for (const fix of fixes) expect(parseExperiment(applyFix(file, fix)).problems, fix.title).toEqual([])
        }
      }),
      { numRuns: 400, endOnFailure: true },
    )
  }, 120_000)

  test('and then cut or typed over is told of it with codes that are documented, in places that are there', () => {
    const documented = new Set(codes.map(one => one.code))
    const piece = fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      '[',
      ',',
      ':',
      '-1',
      'null',
      '"values": [',
      '{ "min": 1, "max": 0 }',
      '/*',
    )
    fc.assert(
      fc.property(experiments({ only: {} }), fc.nat(), fc.nat(20), piece, (value, at, length, inserted) => {
        const whole = text(value, 2)
        const start = at % whole.length
        const file = whole.slice(0, start) + inserted + whole.slice(start + length)
        for (const { code, span, fixes = [] } of find(file)) {
          expect(documented).toContain(code)
          expect(span.offset >= 0 && span.length >= 0 && span.offset + span.length <= file.length, file).toBe(true)
          for (const fix of fixes) applyFix(file, fix)
        }
      }),
      { numRuns: 400, endOnFailure: true },
    )
  }, 120_000)
})
