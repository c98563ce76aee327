import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../server/experiment/finding.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { codes } from '../../server/experiment/rules/codes.ts'
import { rules } from '../../server/experiment/rules/rules.ts'
import { findAll } from '../../server/experiment/validate.ts'
import { applyFix } from './helpers.ts'
import { surroundings } from './surroundings.ts'

const emoji = '"dataset": "emoji"'
const mnist = '"dataset": "mnist", "split": { "by": "given" }, "batch": { "classes": 8 }'

/** [code, file, what is underlined, and how the file goes on after the first fix; null: there is no fix] */
const cases: [code: string, file: string, underlined: string, fixed: string | null][] = [
  ['dataset-missing', '{ "dataset": { "folder": "./faces" }, "batch": { "classes": 4 } }', '"./faces"', '{ "folder": "./face" }'],
  ['dataset-unreadable', '{ "dataset": { "npz": "a.npz" } }', '"a.npz"', null],
  ['split-not-given', `{ ${emoji}, "split": { "by": "given" } }`, '"given"', `{ ${emoji}, "split": { "by": "class" } }`],
  ['split-too-few-classes', '{ "dataset": { "folder": "three" }, "batch": { "classes": 2 } }', '{', '"by": "example"'],
  ['split-share-unused', '{ "dataset": "mnist", "split": { "by": "given", "test": 0.2 }, "batch": { "classes": 8 } }', '0.2', '"split": { "by": "given" }, "batch"'],
  ['split-folds-of-given', `{ "dataset": "mnist", "split": { "by": "given", "folds": 5 }, "batch": { "classes": 2 } }`, '5', '"by": "class"'],
  ['split-no-such-fold', `{ ${emoji}, "split": { "folds": 5, "fold": 6 } }`, '6', '"fold": 5'],
  ['split-no-such-fold', `{ ${emoji}, "split": { "fold": 3 } }`, '3', '"folds": 3'],
  ['split-one-fold', `{ ${emoji}, "split": { "folds": 3 } }`, '3', '"fold": { "values": [1, 2, 3] }'],
  ['split-share-unused', `{ ${emoji}, "split": { "folds": 3, "fold": 1, "test": 0.5 } }`, '0.5', '"fold": 1 }'],
  ['split-classes-leak', `{ ${emoji}, "split": { "by": "example" } }`, '"example"', '"by": "class"'],
  ['gallery-without-classes', `{ ${emoji}, "evaluation": { "gallery": "train" } }`, '"train"', '"gallery": "test"'],
  ['model-does-not-fit', `{ ${emoji}, "model": { "filters": [8, 8, 8, 8, 8, 8] } }`, '[8, 8, 8, 8, 8, 8]', '"filters": [8, 8, 8, 8, 8]'],
  ['embedding-too-large', `{ ${emoji}, "model": { "embeddingSize": 2048 } }`, '2048', '"embeddingSize": 128'],
  ['embedding-larger-than-picture', `{ ${mnist}, "image": { "size": 8 }, "model": { "embeddingSize": 128 } }`, '128', '"embeddingSize": 32'],
  ['embedding-one-number', `{ ${emoji}, "model": { "embeddingSize": 1 } }`, '1', '"embeddingSize": 64'],
  ['image-enlarged', `{ ${emoji}, "image": { "size": 64 } }`, '64', '"image": { }'],
  ['image-no-colour', `{ ${mnist}, "image": { "channels": 3 } }`, '3', '"channels": 1'],
  ['engine-unknown', `{ ${emoji}, "engine": "onnx-gpu" }`, '"onnx-gpu"', '"engine": "onnx-cpu"'],
  ['margin-unreachable', `{ ${emoji}, "loss": { "margin": 5 } }`, '5', '"margin": 0.2'],
  ['margin-beyond-classes', `{ ${mnist}, "loss": { "margin": 2.5 } }`, '2.5', '"margin": 2.2'],
  ['margin-without-normalize', `{ ${emoji}, "loss": { "margin": 1, "normalize": false } }`, '1', '"normalize": true'],
  ['margin-unreachable', `{ ${emoji}, "curriculum": [{ "fromEpoch": 3, "margin": 4.5 }] }`, '4.5', '"margin": 0.2 }'],
  ['soft-margin-on-sphere', `{ ${emoji}, "loss": { "softMargin": true } }`, 'true', '"softMargin": false'],
  ['mean-over-all-triplets', `{ ${emoji}, "mining": "batch-all" }`, '"batch-all"', '"reducer": "mean-nonzero"'],
  ['batch-hard-from-start', `{ ${emoji}, "mining": "batch-hard" }`, '"batch-hard"', '"fromEpoch": 3'],
  ['batch-hard-from-start', `{ ${emoji}, "mining": { "strategy": "batch-hard" }, "epochs": 2 }`, '"batch-hard"', '"learningRate": 0.0001'],
  ['offline-in-curriculum', `{ ${emoji}, "curriculum": [{ "fromEpoch": 3, "mining": { "strategy": "offline", "file": "t.csv" } }] }`, '{ "strategy": "offline", "file": "t.csv" }', '"curriculum": []'],
  ['offline-in-curriculum', `{ ${emoji}, "mining": { "strategy": "offline", "file": "t.csv" }, "curriculum": [{ "fromEpoch": 3, "mining": "batch-all" }] }`, '"batch-all"', '"curriculum": []'],
  ['offline-in-curriculum', `{ ${emoji}, "curriculum": [{ "fromEpoch": 3, "margin": 0.5, "mining": { "strategy": "offline", "file": "t.csv" } }] }`, '{ "strategy": "offline", "file": "t.csv" }', '[{ "fromEpoch": 3, "margin": 0.5 }]'],
  ['miner-needs-unit-norm', `{ ${emoji}, "mining": "distance-weighted", "loss": { "normalize": false } }`, '"distance-weighted"', '"normalize": true'],
  ['miner-needs-unit-norm', `{ ${emoji}, "loss": { "normalize": false }, "curriculum": [{ "fromEpoch": 3, "mining": "distance-weighted" }] }`, '"distance-weighted"', '"normalize": true'],
  ['miner-needs-cosine', `{ ${emoji}, "mining": "multi-similarity", "loss": { "normalize": false } }`, '"multi-similarity"', '"normalize": true'],
  ['batch-hard-from-start', `{ ${emoji}, "curriculum": [{ "fromEpoch": 1, "mining": "batch-hard" }] }`, '"batch-hard"', '"learningRate": 0.0001'],
  ['miner-cutoffs-crossed', `{ ${emoji}, "mining": { "strategy": "distance-weighted", "cutoff": 1.5 } }`, '1.5', '"cutoff": 0.5'],
  ['miner-range-reversed', `{ ${emoji}, "mining": { "strategy": "n-hard", "from": 6, "to": 2 } }`, '2', '"to": 6'],
  ['miner-range-beyond-batch', `{ ${emoji}, "mining": { "strategy": "n-hard", "to": 200 } }`, '200', '"to": 124'],
  ['miner-takes-no-loss', `{ ${emoji}, "mining": { "strategy": "triplet-margin", "select": "easy" } }`, '"easy"', '"select": "semi-hard"'],
  ['miner-never-hard', `{ ${emoji}, "mining": { "strategy": "batch-easy-hard", "negatives": "easy" } }`, '"easy"', '"negatives": "semi-hard"'],
  ['batch-more-classes-than-dataset', `{ ${emoji}, "batch": { "classes": 600 } }`, '600', '"classes": 590'],
  ['batch-more-samples-than-class', `{ ${emoji}, "batch": { "samplesPerClass": 9 } }`, '9', '"samplesPerClass": 8'],
  ['batch-repeats-samples', `{ ${emoji}, "batch": { "samplesPerClass": 8 } }`, '8', '"samplesPerClass": 6'],
  ['batch-larger-than-training-set', '{ "dataset": { "folder": "few" }, "batch": { "classes": 4, "samplesPerClass": 7 } }', '4', '"classes": 2'],
  ['batch-too-many-triplets', `{ ${emoji}, "mining": { "strategy": "triplet-margin" }, "batch": { "classes": 400 } }`, '400', '"classes": 32'],
  ['curriculum-beyond-epochs', `{ ${emoji}, "curriculum": [{ "fromEpoch": 30, "margin": 0.5 }] }`, '30', '"epochs": 31'],
  ['curriculum-out-of-order', `{ ${emoji}, "curriculum": [{ "fromEpoch": 9, "margin": 0.5 }, { "fromEpoch": 4, "margin": 0.3 }] }`, '4', '[{ "fromEpoch": 4, "margin": 0.3 }, { "fromEpoch": 9, "margin": 0.5 }]'],
  ['curriculum-changes-nothing', `{ ${emoji}, "curriculum": [{ "fromEpoch": 9 }] }`, '{ "fromEpoch": 9 }', '"mining": "batch-hard"'],
  ['schedule-never-drops', `{ ${emoji}, "schedule": { "kind": "step", "everyEpochs": 30 } }`, '30', '"everyEpochs": 6'],
  ['warmup-longer-than-run', `{ ${emoji}, "schedule": { "warmupSteps": 1000 } }`, '1000', '"warmupSteps": 60'],
  ['evaluation-never', `{ ${emoji}, "evaluation": { "everyEpochs": 50 } }`, '50', '"everyEpochs": 4'],
  ['patience-longer-than-run', `{ ${emoji}, "evaluation": { "patience": 40 } }`, '40', '"evaluation": { }'],
  ['learning-rate-too-high', `{ ${emoji}, "optimizer": { "learningRate": 0.1 } }`, '0.1', '"learningRate": 0.001'],
  ['flip-changes-meaning', `{ ${mnist}, "augment": { "flip": true } }`, 'true', '"flip": false'],
  ['grayscale-of-grey', `{ ${mnist}, "augment": { "grayscale": 0.2 } }`, '0.2', '"augment": { }'],
  ['shift-out-of-picture', `{ ${mnist}, "augment": { "shift": 20 } }`, '20', '"shift": 4'],
  ['sweep-one-value', `{ ${emoji}, "epochs": { "values": [9] } }`, '{ "values": [9] }', '"epochs": 9'],
  ['sweep-changes-test', `{ ${emoji}, "split": { "seed": { "values": [1, 2] } } }`, '{ "values": [1, 2] }', '"split": { "seed": 1 }'],
  ['sweep-goal-contradicts-metric', `{ ${emoji}, "seed": { "values": [1, 2] }, "sweep": { "metric": { "goal": "minimize" } } }`, '"minimize"', '"goal": "maximize"'],
  ['sweep-metric-missing', `{ ${emoji}, "seed": { "values": [1, 2] }, "split": { "test": 0 }, "sweep": { "metric": { "name": "recallAt1" } } }`, '"recallAt1"', '"test": 0.5'],
  ['sweep-metric-missing', `{ ${emoji}, "seed": { "values": [1, 2] }, "split": { "by": "example" }, "evaluation": { "gallery": "train" }, "sweep": { "metric": { "name": "identification" } } }`, '"identification"', '"gallery": "test"'],
  ['sweep-never-early', `{ ${emoji}, "seed": { "values": [1, 2] }, "epochs": 6, "sweep": { "earlyTerminate": { "type": "asha", "minEpochs": 6 } } }`, '6', '"minEpochs": 2'],
  ['sweep-no-value', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.2, "distribution": "q_uniform", "q": 0.3 } }, "sweep": { "method": "random", "runCap": 3 } }`, '{ "min": 0.1, "max": 0.2, "distribution": "q_uniform", "q": 0.3 }', '"max": 0.3'],
  ['sweep-too-many-runs', `{ ${emoji}, "seed": { "values": [${Array.from({ length: 201 }, (_, i) => i).join(', ')}] }, "sweep": {} }`, '"sweep"', '"runCap": 200'],
] // prettier-ignore

const find = (text: string) => findAll(parseExperiment(text).tree, surroundings)
const slice = (text: string, { span }: Finding) => text.slice(span.offset, span.offset + span.length)

describe('each rule', () => {
  test.each(cases)('%s: %s', (code, file, underlined, fixed) => {
    const found = find(file).filter(one => one.code === code)
    expect(found.map(one => slice(file, one))).toEqual([underlined])
    const fix = found.at(0)?.fixes?.at(0)
    if (fixed === null) {
      expect(fix).toBeUndefined()
      return
    }
    if (fix === undefined) throw new Error('It has no fix.')
    const repaired = applyFix(file, fix)
    expect(repaired).toContain(fixed)
    expect(find(repaired).filter(one => one.code === code || one.severity === 'error')).toEqual([])
  })

  test.each(cases)('%s has fixes that leave a file without syntax errors: %s', (_, file) => {
    for (const finding of find(file))
      for (const fix of finding.fixes ?? []) expect(parseExperiment(applyFix(file, fix)).problems).toEqual([])
  })

  test('is tried here', () => {
    const tried = new Set(cases.map(([code]) => code))
    expect(rules.map(rule => rule.code).filter(code => !tried.has(code))).toEqual([])
    expect(rules.length).toBeGreaterThanOrEqual(20)
  })

  test('and each other code is tried in the tests of the shape and of extending', () => {
    const elsewhere = ['experiment/validate', 'experiment/extend', 'sweeps/keeper']
      .map(name => readFileSync(`test/${name}.test.ts`, 'utf8'))
      .join()
    const tried = new Set(cases.map(([code]) => code))
    expect(codes.map(one => one.code).filter(code => !tried.has(code) && !elsewhere.includes(`'${code}'`))).toEqual([])
  })

  test('has its own code and a reason of one sentence', () => {
    expect(new Set(codes.map(one => one.code)).size).toBe(codes.length)
    for (const { code, why } of codes) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(why).toMatch(/^[A-Z].*\.$/)
    }
  })

  test('still speaks where another part of the file is wrong', () => {
    const found = find(`{ ${emoji}, "mining": "batch-hard", "loss": { "margin": -1 }, "epochs": "x" }`)
    expect(found.map(one => one.code).sort()).toEqual(['batch-hard-from-start', 'margin-not-positive', 'wrong-type'])
  })

  test('looks at each run of a sweep, and says each thing once', () => {
    const file = `{ ${emoji}, "mining": { "values": ["semi-hard", "batch-hard"] }, "seed": { "values": [1, 2, 3] } }`
    expect(find(file).map(one => [one.code, slice(file, one)])).toEqual([['batch-hard-from-start', '"batch-hard"']])
  })
})

describe('there is no false alarm', () => {
  const examples = readdirSync('examples').filter(name => name.endsWith('.triplet.json'))
  test.each(examples)('on examples/%s', name => {
    const text = readFileSync(`examples/${name}`, 'utf8')
    const expected = name.startsWith('batch-hard-collapses') ? ['batch-hard-from-start'] : []
    expect(find(text).map(one => one.code)).toEqual(expected)
  })

  test.each([
    `{ ${emoji} }`,
    `{ ${emoji}, "loss": { "margin": 0.1, "distance": "euclidean", "swap": true, "reducer": "mean-nonzero" }, "mining": "batch-all" }`,
    `{ ${emoji}, "mining": "semi-hard", "curriculum": [{ "fromEpoch": 3, "mining": "batch-hard" }] }`,
    `{ ${emoji}, "mining": "batch-hard", "optimizer": { "name": "adam", "learningRate": 1e-4 } }`,
    `{ ${emoji}, "mining": "batch-hard", "schedule": { "kind": "cosine", "warmupSteps": 200 } }`,
    `{ ${emoji}, "mining": { "strategy": "n-hard", "from": 2, "to": 5 } }`,
    `{ ${emoji}, "mining": "distance-weighted", "model": { "architecture": "residual" } }`,
    `{ ${emoji}, "mining": { "strategy": "multi-similarity", "epsilon": 0.05 }, "loss": { "distance": "cosine" } }`,
    `{ ${emoji}, "model": { "architecture": "mlp", "hidden": [512, 256], "dropout": 0.2 }, "optimizer": "sgd" }`,
    `{ ${emoji}, "augment": { "flip": true, "shift": 3, "color": 0.2, "grayscale": 0.1, "erase": 0.25 }, "epochs": 50 }`,
    `{ ${emoji}, "schedule": { "kind": "step", "everyEpochs": 5 }, "evaluation": { "everyEpochs": 2, "patience": 4 } }`,
    `{ ${emoji}, "engine": "tfjs-wasm", "seed": { "values": [1, 2, 3] }, "sweep": { "metric": { "name": "recallAt1" } } }`,
    `{ ${emoji}, "loss": { "softMargin": true, "normalize": false } }`,
    `{ ${emoji}, "loss": { "softMargin": true, "normalize": false, "margin": 5 } }`,
    `{ ${emoji}, "mining": { "strategy": "distance-weighted", "cutoff": 1.4 } }`,
    `{ ${mnist}, "evaluation": { "gallery": "train" }, "image": { "size": 28, "channels": 1 } }`,
    '{ "dataset": "mnist", "batch": { "classes": 5, "samplesPerClass": 20 } }',
    '{ "dataset": "fashion-mnist", "split": { "by": "example", "test": 0.2 }, "batch": { "classes": 10 }, "augment": { "flip": true } }',
  ])('on %s', file => {
    expect(find(file)).toEqual([])
  })
})
