import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { combinations } from '../../server/experiment/grid.ts'
import { inspect } from '../../server/experiment/inspect.ts'
import { RunMatcher } from '../../server/experiment/matchRun.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { specKey } from '../../server/experiment/specText.ts'
import { toJson } from '../../server/experiment/tree.ts'

const read = (file: object) => {
  const { tree } = parseExperiment(JSON.stringify({ dataset: { name: 'emoji' }, ...file }))
  const { axes } = inspect(tree)
  return { tree, axes, matcher: new RunMatcher(tree, axes, '/') }
}
const specOf = (file: object): RunSpec => {
  const resolution = resolveExperiment(read(file).tree, { folder: '/' })
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  return resolution.specs[0].spec
}
const chosen = (file: object, spec: RunSpec) => {
  const found = read(file).matcher.match(spec)
  return found && Object.fromEntries([...found].map(([path, value]) => [path, toJson(value)]))
}

const margin = fc.subarray([0.1, 0.2, 0.3], { minLength: 1 })
const miner = fc.subarray(['semi-hard', 'batch-all', 'distance-weighted'], { minLength: 1 })
const anyFile = fc.record({
  loss: fc.record({ margin: margin.map(values => (values.length > 1 ? { values } : values[0])), swap: fc.boolean() }),
  mining: fc.oneof(
    miner.map(values => ({ values })),
    miner.map(values => ({ strategy: { values } })),
    fc.constant('semi-hard'),
  ),
  optimizer: fc.record({
    name: fc.constant('adam'),
    learningRate: fc.constantFrom(1e-3, { values: [1e-3, 1e-2] }),
    clipNorm: fc.constantFrom(1, { values: [1, 2] }),
  }),
  epochs: fc.constantFrom(3, { values: [3, 4] }),
})

describe('a run', () => {
  it('is asked for when it is one of the combinations, and has their values', () => {
    fc.assert(
      fc.property(anyFile, anyFile, (file, other) => {
        const { tree, axes, matcher } = read(file)
        const all = new Map<string, Record<string, unknown>>()
        for (const { result, chosen: values } of combinations(tree, axes, '/'))
          if (result.kind === 'spec')
            all.set(specKey(result.spec), Object.fromEntries([...values].map(([path, one]) => [path, toJson(one)])))
        const theirs = read(other)
        for (const source of [
          { tree, axes },
          { tree: theirs.tree, axes: theirs.axes },
        ])
          for (const { result } of combinations(source.tree, source.axes, '/')) {
            if (result.kind !== 'spec') continue
            const found = matcher.match(result.spec)
            const expected = all.get(specKey(result.spec)) ?? null
            expect(found && Object.fromEntries([...found].map(([path, one]) => [path, toJson(one)]))).toEqual(expected)
          }
      }),
      { numRuns: 60 },
    )
  })

  it('has its own number where the file gives an interval, if that holds it', () => {
    const file = { optimizer: { learningRate: { min: 1e-4, max: 1e-2 } }, loss: { margin: { values: [0.1, 0.2] } } }
    const spec = specOf({ optimizer: { learningRate: 3e-3 }, loss: { margin: 0.2 } })
    expect(chosen(file, spec)).toEqual({ 'optimizer.learningRate': 3e-3, 'loss.margin': 0.2 })
    expect(chosen(file, specOf({ optimizer: { learningRate: 3e-2 }, loss: { margin: 0.2 } }))).toBeNull()
    expect(chosen(file, specOf({ optimizer: { learningRate: 3e-3 }, loss: { margin: 0.3 } }))).toBeNull()
    const steps = { batch: { classes: { min: 8, max: 40, distribution: 'q_uniform', q: 8 } } }
    expect(chosen(steps, specOf({ batch: { classes: 24 } }))).toEqual({ 'batch.classes': 24 })
    expect(chosen(steps, specOf({ batch: { classes: 20 } }))).toBeNull()
  })

  it('has no number at an interval that its miner knows nothing of', () => {
    const file = {
      mining: { strategy: { values: ['semi-hard', 'distance-weighted'] }, cutoff: { min: 0.1, max: 0.9 } },
    }
    expect(chosen(file, specOf({ mining: 'semi-hard' }))).toEqual({ 'mining.strategy': 'semi-hard' })
    expect(chosen(file, specOf({ mining: { strategy: 'distance-weighted', cutoff: 0.4 } }))).toEqual({
      'mining.strategy': 'distance-weighted',
      'mining.cutoff': 0.4,
    })
  })

  it('may have the seed of any repeat', () => {
    const file = { seed: 5, sweep: { repeats: 3 }, loss: { margin: { values: [0.1, 0.2] } } }
    const of = (seed: number) => chosen(file, specOf({ seed, loss: { margin: 0.1 } }))
    expect([4, 5, 7, 8].map(seed => of(seed) !== null)).toEqual([false, true, true, false])
  })
})
