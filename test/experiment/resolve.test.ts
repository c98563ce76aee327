import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { RunSpec } from '../../protocol/runSpec.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { defaultSpec } from '../fixtures/runSpec.ts'
import { context, resolved } from './helpers.ts'

const emoji = '"dataset": { "name": "emoji" }'

describe('a spec', () => {
  test('has every default written out', () => {
    expect(resolved(`{ ${emoji} }`).at(0)?.spec).toEqual(defaultSpec)
  })

  test.each([
    ['"emoji"', { kind: 'emoji' }],
    ['{ "folder": "./faces" }', { kind: 'folder', path: '/lab/faces' }],
    ['{ "csv": "../list.csv" }', { kind: 'csv', path: '/list.csv' }],
    ['{ "npz": "/data/a.npz" }', { kind: 'npz', path: '/data/a.npz' }],
    ['{ "parquet": "a.parquet" }', { kind: 'parquet', path: '/lab/a.parquet' }],
    ['{ "cifar": "c" }', { kind: 'cifar', path: '/lab/c' }],
    ['{ "idx": { "images": "i", "labels": "l" } }', { kind: 'idx', images: '/lab/i', labels: '/lab/l' }],
  ])('takes its pictures from %s', (written, expected) => {
    expect(resolved(`{ "dataset": ${written} }`).at(0)?.spec.dataset).toEqual(expected)
  })

  test('takes a string for an object that only needs its kind', () => {
    const run = resolved(
      `{ ${emoji}, "mining": "batch-all", "optimizer": "sgd", "schedule": "cosine", "model": "mlp" }`,
    ).at(0)
    expect(run?.spec.mining).toEqual({ strategy: 'batch-all' })
    expect(run?.spec.optimizer).toEqual({ name: 'sgd', learningRate: 0.01, momentum: 0.9, weightDecay: 0 })
    expect(run?.spec.schedule).toEqual({ kind: 'cosine', warmupSteps: 0, final: 0 })
    expect(run?.spec.model).toEqual({ architecture: 'mlp', embeddingSize: 64, hidden: [256, 128], dropout: 0 })
  })

  test('keeps what a curriculum leaves out left out', () => {
    const run = resolved(
      `{ ${emoji}, "curriculum": [{ "fromEpoch": 3, "mining": "batch-hard" }, { "fromEpoch": 5, "margin": 0.5 }] }`,
    ).at(0)
    expect(run?.spec.curriculum).toEqual([
      { fromEpoch: 3, mining: { strategy: 'batch-hard' } },
      { fromEpoch: 5, margin: 0.5 },
    ])
  })

  test('has the norm limit of the optimizer at its top', () => {
    expect(resolved(`{ ${emoji}, "optimizer": { "clipNorm": 5 } }`).at(0)?.spec.clipNorm).toBe(5)
  })

  test.each(readdirSync('examples').filter(name => name.endsWith('.triplet.json')))(
    'comes out of examples/%s',
    name => {
      const runs = resolved(readFileSync(`examples/${name}`, 'utf8'))
      expect(runs.length).toBeGreaterThan(0)
      for (const run of runs) expect(v.is(RunSpec, run.spec)).toBe(true)
    },
  )
})

describe('a sweep', () => {
  test('gives one run per value, named after it', () => {
    const runs = resolved(`{ ${emoji}, "loss": { "margin": { "values": [0.1, 0.2, 0.5] } } }`)
    expect(runs.map(run => [run.name, run.spec.loss.margin, run.axes])).toEqual([
      ['α 0.1', 0.1, { 'loss.margin': 0.1 }],
      ['α 0.2', 0.2, { 'loss.margin': 0.2 }],
      ['α 0.5', 0.5, { 'loss.margin': 0.5 }],
    ])
  })

  test('visits every combination once; the last axis changes fastest', () => {
    const runs = resolved(
      `{ ${emoji}, "mining": { "values": ["semi-hard", "batch-all"] }, "optimizer": { "learningRate": { "values": [1e-3, 1e-4] } } }`,
    )
    expect(runs.map(run => run.name)).toEqual([
      'semi-hard lr 1e-3',
      'semi-hard lr 1e-4',
      'batch-all lr 1e-3',
      'batch-all lr 1e-4',
    ])
  })

  test('does not multiply by an axis that means nothing for a value of another', () => {
    const runs = resolved(
      `{ ${emoji}, "mining": { "strategy": { "values": ["random", "batch-all", "semi-hard"] }, "tripletsPerAnchor": { "values": [1, 8] } } }`,
    )
    expect(runs.map(run => run.name)).toEqual([
      'random tripletsPerAnchor 1',
      'random tripletsPerAnchor 8',
      'batch-all',
      'semi-hard',
    ])
    expect(runs[2]?.spec.mining).toEqual({ strategy: 'batch-all' })
  })

  test('can have objects and lists as values', () => {
    const runs = resolved(
      `{ ${emoji}, "mining": { "values": ["random", { "strategy": "triplet-margin", "select": "hard" }] }, "model": { "filters": { "values": [[16], [16, 32]] } } }`,
    )
    expect(runs.map(run => run.spec.mining.strategy)).toEqual(['random', 'random', 'triplet-margin', 'triplet-margin'])
    expect(runs.map(run => run.name)).toEqual([
      'random filters 16',
      'random filters 16-32',
      'triplet-margin hard filters 16',
      'triplet-margin hard filters 16-32',
    ])
  })

  test('stops at its cap', () => {
    expect(resolved(`{ ${emoji}, "seed": { "values": [1, 2, 3, 4] }, "sweep": { "runCap": 3 } }`)).toHaveLength(3)
  })

  test('is refused, not run in part, when one of its values is wrong', () => {
    const { tree } = parseExperiment(`{ ${emoji}, "loss": { "margin": { "values": [0.1, -1] } } }`)
    expect(resolveExperiment(tree, context)).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'margin-not-positive', start: { line: 0 } }],
    })
  })
})

describe('whatever the file holds', () => {
  const words = fc.constantFrom(
    'dataset', 'name', 'emoji', 'mnist', 'folder', 'loss', 'margin', 'mining', 'strategy', 'semi-hard', 'random', 'n-hard',
    'from', 'to', 'tripletsPerAnchor', 'values', 'min', 'max', 'distribution', 'q', 'uniform', 'batch', 'classes', 'model',
    'architecture', 'layers', 'type', 'conv', 'filters', 'optimizer', 'learningRate', 'clipNorm', 'sweep', 'runCap', 'curriculum',
    'fromEpoch', 'epochs', 'split', 'by', 'class', 'seed', 'schedule', 'kind', 'cosine', '__proto__', 'constructor', '',
  ) // prettier-ignore
  const json = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(words, fc.double(), fc.integer({ min: -2, max: 50 }), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(words, tie('value'), { maxKeys: 6 }),
    ),
  })).value

  const neverThrows = (text: string) => {
    const resolution = resolveExperiment(parseExperiment(text).tree, context)
    if (resolution.kind === 'refused')
      expect(resolution.problems.every(problem => problem.message !== '' && problem.code !== '')).toBe(true)
    else for (const { spec } of resolution.specs) expect(v.is(RunSpec, spec)).toBe(true)
  }

  test('any JSON resolves or is refused', () => {
    fc.assert(
      fc.property(json, value => neverThrows(JSON.stringify(value))),
      { numRuns: 2_000 },
    )
  })

  test('JSON under the known keys resolves or is refused', () => {
    const keys = [
      'image',
      'split',
      'model',
      'loss',
      'mining',
      'curriculum',
      'batch',
      'optimizer',
      'schedule',
      'augment',
      'epochs',
      'evaluation',
      'seed',
      'sweep',
    ]
    const file = fc.record(Object.fromEntries(keys.map(key => [key, json])), { requiredKeys: [] })
    fc.assert(
      fc.property(file, value => neverThrows(JSON.stringify({ dataset: 'emoji', ...value }))),
      { numRuns: 2_000 },
    )
  })

  test('an interval under a sweep that is no section is refused, without a repair that could not be made', () => {
    neverThrows('{ "dataset": "emoji", "seed": { "min": 0, "max": 1 }, "sweep": [] }')
    neverThrows('{ "dataset": "emoji", "seed": { "min": 0, "max": 1 }, "sweep": "grid" }')
  })

  test('any cut of a good file, and any file with one character changed, resolves or is refused', () => {
    const text = readFileSync('examples/mnist.triplet.json', 'utf8')
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.constantFrom('', '{', '}', '[', '"', ',', ':', '0', '-', '\\', '\n', '/*'),
        (at, character) => {
          neverThrows(text.slice(0, at) + character)
          neverThrows(text.slice(0, at) + character + text.slice(at + 1))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a hundred thousand open brackets are a problem, not a crash', () => {
    expect(parseExperiment('['.repeat(100_000)).problems.map(problem => problem.code)).toEqual(['json-too-deep'])
  })
})
