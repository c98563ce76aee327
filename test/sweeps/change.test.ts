import { describe, expect, it } from 'vitest'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { queueExperiment } from '../../server/queueExperiment.ts'
import type { Store } from '../../server/store/store.ts'
import { applyChange } from '../../server/sweeps/applyChange.ts'
import { describeSweep } from '../../server/sweeps/describe.ts'
import { opened, points, temporaryFolder } from '../store/helpers.ts'

function read(file: object) {
  const { tree } = parseExperiment(JSON.stringify({ dataset: { name: 'emoji' }, ...file }))
  const resolution = resolveExperiment(tree, { folder: '/' })
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  return { tree, ...resolution }
}

/** A sweep of which the first runs are done. */
function begun(file: object, done: number): Store {
  const store = opened(temporaryFolder())
  const ids = queueExperiment(store, 'a.triplet.json', read(file))
  for (const id of ids.slice(0, done)) {
    store.claimNext()
    store.appendPoints(id, [points('test/mapAtR', [id / 10], 10)])
    store.setProgress(id, { step: 10, steps: 10 })
    store.setStatus(id, 'done')
  }
  return store
}

function change(store: Store, file: object) {
  const { tree, specs, sweep } = read(file)
  if (sweep === null) throw new Error('no sweep')
  return applyChange(store, 1, tree, { specs, sweep })
}

const margins = (...values: number[]) => ({ loss: { margin: { values } } })
const marginsOf = (store: Store) =>
  store
    .runs({ sweepId: 1 })
    .map(run => run.spec.loss.margin)
    .toReversed()

describe('a sweep that is changed', () => {
  it('keeps what was run, drops what waits and is no longer asked for, adds what is missing', () => {
    const store = begun(margins(0.1, 0.2, 0.3, 0.4), 2)
    expect(change(store, margins(0.2, 0.4, 0.5, 0.6))).toEqual({ kind: 'changed', kept: 2, dropped: 1, added: 2 })
    expect(marginsOf(store)).toEqual([0.1, 0.2, 0.4, 0.5, 0.6])
    const { trials } = describeSweep(store, 1) ?? { trials: [] }
    expect(new Set(trials.map(one => one.number)).size).toBe(5)
    // Once more changes nothing.
    expect(change(store, margins(0.2, 0.4, 0.5, 0.6))).toEqual({ kind: 'changed', kept: 4, dropped: 0, added: 0 })
  })

  it('gets further axes: what was run has a place among the new combinations', () => {
    const store = begun(margins(0.1, 0.2), 2)
    const file = { ...margins(0.1, 0.2), optimizer: { name: 'adam', learningRate: { values: [1e-3, 1e-2] } } }
    expect(change(store, file)).toEqual({ kind: 'changed', kept: 2, dropped: 0, added: 2 })
    expect(describeSweep(store, 1)?.trials.map(one => one.values)).toEqual([
      { 'loss.margin': 0.1, 'optimizer.learningRate': 1e-3 },
      { 'loss.margin': 0.2, 'optimizer.learningRate': 1e-3 },
      { 'loss.margin': 0.1, 'optimizer.learningRate': 1e-2 },
      { 'loss.margin': 0.2, 'optimizer.learningRate': 1e-2 },
    ])
  })

  it('gets repeats', () => {
    const store = begun(margins(0.1, 0.2), 2)
    expect(change(store, { ...margins(0.1, 0.2), sweep: { repeats: 2 } })).toMatchObject({ kept: 2, added: 2 })
    expect(store.trials(1).map(({ number, repeat, runId }) => [number, repeat, store.run(runId)?.spec.seed])).toEqual([
      [0, 0, 1],
      [0, 1, 2],
      [1, 0, 1],
      [1, 1, 2],
    ])
  })

  it('searches on in another range, and ends with the new number of runs', () => {
    const rates = (min: number, runCap: number) => ({
      optimizer: { name: 'adam', learningRate: { min, max: 0.1, distribution: 'log_uniform_values' } },
      sweep: { method: 'random', runCap },
    })
    const store = begun(rates(1e-5, 6), 3)
    store.setSweepStatus(1, 'done')
    const before = store.runs({ sweepId: 1 }).filter(run => run.status === 'done')
    expect(change(store, rates(1e-2, 12)).kind).toBe('changed')
    const runs = store.runs({ sweepId: 1 })
    expect(runs).toHaveLength(12)
    expect(store.sweep(1)?.status).toBe('running')
    for (const run of before) expect(runs.map(one => one.id)).toContain(run.id)
    for (const run of runs)
      if (run.status === 'queued') expect(run.spec.optimizer.learningRate).toBeGreaterThanOrEqual(1e-2)
    expect(change(store, rates(1e-2, 5)).kind).toBe('changed')
    expect(store.runs({ sweepId: 1 })).toHaveLength(5)
  })

  it('is another sweep when more than its axes has changed', () => {
    const store = begun(margins(0.1, 0.2), 1)
    expect(change(store, { ...margins(0.1, 0.2), epochs: 3 })).toEqual({ kind: 'unrelated' })
    expect(marginsOf(store)).toEqual([0.1, 0.2])
  })

  it('keeps what the command line gave in place of the file’s', () => {
    const store = opened(temporaryFolder())
    const { specs, sweep } = read(margins(0.1, 0.2))
    if (sweep === null) throw new Error('no sweep')
    const overrides = { epochs: 2 }
    queueExperiment(store, 'a.triplet.json', {
      specs: specs.map(run => ({ ...run, spec: { ...run.spec, epochs: 2 } })),
      sweep: { ...sweep, overrides },
    })
    expect(change(store, margins(0.1, 0.2, 0.3))).toMatchObject({ kept: 2, added: 1 })
    expect(store.runs().map(run => run.epochs)).toEqual([2, 2, 2])
  })
})
