import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../server/training/datasets/dataset.ts'
import { DatasetError } from '../../../server/training/datasets/datasetError.ts'
import { splitDataset } from '../../../server/training/datasets/split.ts'

function dataset(labels: readonly number[], extra: Partial<Dataset> = {}): Dataset {
  const classes = Math.max(-1, ...labels) + 1
  return {
    name: 'made',
    fingerprint: '',
    shape: { height: 1, width: 1, channels: 1 },
    classNames: Array.from({ length: classes }, (_, label) => String(label)),
    labels: Int32Array.from(labels),
    classGroups: null,
    given: null,
    skipped: [],
    read: () => Promise.resolve(),
    describe: String,
    close: () => undefined,
    ...extra,
  }
}

const disjoint = (a: ReadonlySet<number>, b: ReadonlySet<number>) => ![...a].some(one => b.has(one))

const labels = fc.integer({ min: 4, max: 40 }).chain(classes =>
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: classes, maxLength: classes }).map(sizes => {
    return sizes.flatMap((size, label) => Array.from({ length: size }, () => label))
  }),
)
const test = fc.double({ min: 0.05, max: 0.95, noNaN: true })
const seed = fc.integer()

describe('splitDataset', () => {
  it('puts every picture on exactly one side, in order', () => {
    fc.assert(
      fc.property(labels, test, seed, fc.constantFrom('class' as const, 'example' as const), (all, test, seed, by) => {
        const split = splitDataset(dataset(all), { by, test, seed })
        expect([...split.train, ...split.test].sort((a, b) => a - b)).toEqual([...all.keys()])
        expect([...split.train]).toEqual([...split.train].sort((a, b) => a - b))
        expect([...split.test]).toEqual([...split.test].sort((a, b) => a - b))
      }),
    )
  })

  it('folds: each class is held out in exactly one fold, groups stay together, and folds are of one size', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 12, maxLength: 40 })
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 5 }), seed, fc.boolean(), (grouping, folds, seed, grouped) => {
        const all = grouping.flatMap((_, label) => [label, label, label])
        const classGroups = grouped ? Int32Array.from(grouping) : null
        const sizesOfGroups = [...Map.groupBy(grouping, one => one).values()].map(one => one.length)
        const largest = grouped ? Math.max(...sizesOfGroups) : 1
        fc.pre(largest <= 2)
        const sides = Array.from({ length: folds }, (_, i) =>
          splitDataset(dataset(all, { classGroups }), { by: 'class', test: 0.5, seed, folds, fold: i + 1 }),
        )
        const held = sides.map(side => [...new Set(Array.from(side.test, index => all[index]))])
        expect(held.flat().toSorted((a, b) => a - b)).toEqual([...grouping.keys()])
        for (const [i, { train }] of sides.entries())
          expect(disjoint(new Set(held[i]), new Set(Array.from(train, index => all[index])))).toBe(true)
        const sizes = held.map(one => one.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest)
        if (grouped)
          for (const [i, classes] of held.entries())
            for (const label of classes)
              expect(held.findIndex(one => one.some(other => grouping[other] === grouping[label]))).toBe(i)
      }),
    )
  })

  it('folds by example: each picture is held out in exactly one, but a class with one picture never', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 5 }), seed, (all, folds, seed) => {
        const counts = Map.groupBy(all, label => label)
        const held = Array.from({ length: folds }, (_, i) => [
          ...splitDataset(dataset(all), { by: 'example', test: 0.5, seed, folds, fold: i + 1 }).test,
        ])
        const wanted = [...all.keys()].filter(index => (counts.get(all[index])?.length ?? 0) > 1)
        expect(held.flat().toSorted((a, b) => a - b)).toEqual(wanted)
        const sizes = held.map(one => one.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('refuses a fold that does not exist, and folds of fewer than two classes', () => {
    const split = { by: 'class', test: 0.5, seed: 1, folds: 3 } as const
    expect(() => splitDataset(dataset([0, 1, 2, 3, 4, 5]), { ...split, fold: 4 })).toThrow('There is no fold 4 of 3.')
    expect(() => splitDataset(dataset([0, 1, 2, 3]), { ...split, fold: 3 })).toThrow(/too few/)
  })

  it('by class: no class is on both sides, and about the wanted share is held out', () => {
    fc.assert(
      fc.property(labels, test, seed, (all, test, seed) => {
        const split = splitDataset(dataset(all), { by: 'class', test, seed })
        const train = new Set([...split.train].map(index => all[index]))
        const held = new Set([...split.test].map(index => all[index]))
        expect(disjoint(held, train)).toBe(true)
        const classes = train.size + held.size
        expect(held.size).toBe(Math.min(classes - 2, Math.max(2, Math.round(test * classes))))
      }),
    )
  })

  it('by class: classes of one group stay together', () => {
    fc.assert(
      fc.property(labels, seed, fc.integer({ min: 4, max: 12 }), (all, seed, groups) => {
        const classGroups = Int32Array.from({ length: Math.max(...all) + 1 }, (_, label) => label % groups)
        const split = splitDataset(dataset(all, { classGroups }), { by: 'class', test: 0.5, seed })
        const groupsOf = (side: Int32Array) => new Set([...side].map(index => classGroups[all[index]]))
        expect(disjoint(groupsOf(split.train), groupsOf(split.test))).toBe(true)
      }),
    )
  })

  it('by example: every class keeps a picture for training, and the sizes over all are as wanted', () => {
    fc.assert(
      fc.property(labels, test, seed, (all, test, seed) => {
        const split = splitDataset(dataset(all), { by: 'example', test, seed })
        expect(new Set([...split.train].map(index => all[index])).size).toBe(new Set(all).size)
        expect(split.test.length).toBeLessThanOrEqual(Math.round(test * all.length))
      }),
    )
    const even = Array.from({ length: 50 }, (_, index) => Math.floor(index / 5))
    expect(splitDataset(dataset(even), { by: 'example', test: 0.1, seed: 1 }).test.length).toBe(5)
  })

  it('depends on the seed alone', () => {
    const all = Array.from({ length: 200 }, (_, index) => Math.floor(index / 5))
    for (const by of ['class', 'example'] as const) {
      const one = splitDataset(dataset(all), { by, test: 0.5, seed: 1 })
      expect(splitDataset(dataset(all), { by, test: 0.5, seed: 1 })).toEqual(one)
      expect(splitDataset(dataset(all), { by, test: 0.5, seed: 2 })).not.toEqual(one)
    }
  })

  it('takes a given split as it is, and says when there is none', () => {
    const given = Uint8Array.of(0, 1, 0, 1)
    const split = splitDataset(dataset([0, 0, 1, 1], { given }), { by: 'given', test: 0.5, seed: 1 })
    expect([...split.test]).toEqual([1, 3])
    expect(() => splitDataset(dataset([0, 0, 1, 1]), { by: 'given', test: 0.5, seed: 1 })).toThrow(DatasetError)
  })

  it('says when there are too few classes to hold any out', () => {
    expect(() => splitDataset(dataset([0, 0, 1, 1, 2]), { by: 'class', test: 0.5, seed: 1 })).toThrow(/too few/)
  })

  it('holds out nothing when nothing is asked for', () => {
    for (const by of ['class', 'example'] as const)
      expect(splitDataset(dataset([0, 0, 1, 1]), { by, test: 0, seed: 1 }).test).toHaveLength(0)
  })
})
