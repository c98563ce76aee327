import { describe, expect, test } from 'vitest'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { validateExperiment } from '../../server/experiment/validate.ts'
import { applyFix, context, underlined } from './helpers.ts'
import { findAll } from '../../server/experiment/validate.ts'

const files: Record<string, string> = {
  '/lab/base.triplet.json':
    '{ "name": "base", "dataset": { "name": "mnist" }, "split": { "by": "given" }, "loss": { "margin": 0.3, "swap": true }, "batch": { "classes": 8 }, "mining": "batch-all" }',
  '/lab/sub/middle.triplet.json': '{ "extends": "../base.triplet.json", "loss": { "margin": 0.4 }, "epochs": 7 }',
  '/lab/folder.triplet.json': '{ "dataset": { "folder": "./faces" } }',
  '/lab/a.triplet.json': '{ "extends": "./b.triplet.json" }',
  '/lab/b.triplet.json': '{ "extends": "./a.triplet.json" }',
  '/lab/broken.triplet.json': '{ "dataset": ',
  '/lab/wrong.triplet.json': '{ "dataset": "mnist", "epochs": 0 }',
  '/lab/sweep.triplet.json': '{ "dataset": "mnist", "batch": { "classes": 4 }, "seed": { "values": [1, 2] } }',
}
const parse = (text: string, folder = '/lab') =>
  parseExperiment(text, {
    folder,
    read: path => files[path] ?? null,
    near: path => (path.includes('bas') ? '/lab/base.triplet.json' : null),
  }).tree
const resolved = (text: string, folder = '/lab') => {
  const resolution = resolveExperiment(parse(text, folder), { ...context, folder })
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  return resolution.specs
}
const problems = (text: string) => validateExperiment(parse(text), context)

describe('a file that extends another', () => {
  test('has its settings, unless it has its own', () => {
    const run = resolved('{ "extends": "./base.triplet.json", "loss": { "margin": 0.5 } }').at(0)
    expect(run?.spec).toMatchObject({
      dataset: { kind: 'mnist' },
      split: { by: 'given' },
      loss: { margin: 0.5, swap: true },
      mining: { strategy: 'batch-all' },
      batch: { classes: 8, samplesPerClass: 4 },
    })
    expect(run?.name).toBe('batch-all α 0.5')
  })

  test('can extend one that extends one', () => {
    expect(resolved('{ "extends": "sub/middle.triplet.json", "epochs": 9 }').at(0)?.spec).toMatchObject({
      loss: { margin: 0.4, swap: true },
      epochs: 9,
    })
  })

  test('finds pictures where the other file means them', () => {
    const run = resolved('{ "extends": "../folder.triplet.json" }', '/lab/sub').at(0)
    expect(run?.spec.dataset).toEqual({ kind: 'folder', path: '/lab/faces' })
  })

  test('replaces what is of another kind, rather than mixing it', () => {
    const run = resolved(
      '{ "extends": "./base.triplet.json", "mining": { "strategy": "random", "tripletsPerAnchor": 2 } }',
    ).at(0)
    expect(run?.spec.mining).toEqual({ strategy: 'random', tripletsPerAnchor: 2 })
    expect(
      resolved('{ "extends": "./folder.triplet.json", "dataset": { "name": "emoji" } }').at(0)?.spec.dataset,
    ).toEqual({ kind: 'emoji' })
    expect(
      resolved('{ "extends": "./base.triplet.json", "loss": { "margin": { "values": [0.1, 0.2] } } }').map(
        one => one.spec.loss.swap,
      ),
    ).toEqual([true, true])
  })

  test('inherits sweeps', () => {
    expect(resolved('{ "extends": "./sweep.triplet.json" }').map(run => run.spec.seed)).toEqual([1, 2])
    expect(resolved('{ "extends": "./sweep.triplet.json", "seed": 5 }').map(run => run.spec.seed)).toEqual([5])
  })

  test.each([
    ['./nowhere.triplet.json', 'extends-missing', 'cannot be read'],
    ['./a.triplet.json', 'extends-circle', 'cannot extend itself'],
    ['./broken.triplet.json', 'extends-broken', 'A value is missing'],
    ['./wrong.triplet.json', 'extends-has-problems', 'it has to be ≥ 1'],
  ])('says what is wrong with %s', (path, code, message) => {
    const text = `{ "extends": "${path}", "dataset": "mnist", "batch": { "classes": 4 } }`
    const found = problems(text)
    expect(found.map(one => [one.code, underlined(text, one)])).toEqual([[code, `"${path}"`]])
    expect(found[0].message).toContain(message)
  })

  test('says at "extends" what does not fit together, and repairs it in its own text', () => {
    const text = '{ "extends": "./base.triplet.json", "split": { "by": "class" } }'
    const found = findAll(parse(text), context).find(one => one.code === 'batch-more-classes-than-dataset')
    expect(text.slice(found?.span.offset, (found?.span.offset ?? 0) + (found?.span.length ?? 0))).toBe(
      '"./base.triplet.json"',
    )
    const fix = found?.fixes?.at(0)
    if (fix === undefined) throw new Error('It has no fix.')
    expect(applyFix(text, fix)).toBe(
      '{ "extends": "./base.triplet.json", "split": { "by": "class" }, "batch": { "classes": 5 } }',
    )
  })

  test('is told of a name that was nearly right, and of a circle that can be left', () => {
    const rest = '"dataset": "mnist", "split": { "by": "given" }, "batch": { "classes": 8 }'
    for (const [written, repaired] of [
      ['./bas.triplet.json', `{ "extends": "./base.triplet.json", ${rest} }`],
      ['./a.triplet.json', `{ ${rest} }`],
    ]) {
      const text = `{ "extends": "${written}", ${rest} }`
      const fix = findAll(parse(text), context).at(0)?.fixes?.at(0)
      if (fix === undefined) throw new Error('It has no fix.')
      expect(applyFix(text, fix)).toBe(repaired)
      expect(findAll(parse(repaired), context).filter(one => one.severity === 'error')).toEqual([])
    }
  })

  test('may be incomplete where it is only there to be extended, but does not run then', () => {
    const tree = parse('{ "epochs": 3 }')
    expect(validateExperiment(tree, { ...context, partial: true })).toEqual([])
    expect(resolveExperiment(tree, { ...context, partial: true })).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'missing' }],
    })
  })
})
