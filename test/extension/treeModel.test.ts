import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spark } from '../../extension/views/spark.ts'
import { droppedOrder, keyOf, type Node, nodeOf, TreeModel } from '../../extension/views/treeModel.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { RunOrder } from '../../protocol/runOrder.ts'
import { runRow } from '../webview/fixtures.ts'

const metric = 'test/recallAt1'
const recall = (value: number) => ({
  [metric]: { last: value, lastStep: 1, min: value, minStep: 1, max: value, maxStep: 1 },
})
const run = (id: number, change: Partial<RunRow> = {}) => runRow({ id, created: id, status: 'done', ...change })
const model = (runs: RunRow[], order: RunOrder = 'newest') =>
  new TreeModel(
    runs.toSorted((a, b) => b.id - a.id),
    order,
    metric,
  )
const short = (node: Node) =>
  node.kind === 'run' || node.kind === 'sweep'
    ? `${node.kind} ${node.id}`
    : node.kind === 'group'
      ? node.name
      : node.kind
const lines = (tree: TreeModel, path = 'emoji.triplet.json') => tree.children({ kind: 'experiment', path }).map(short)

describe('the tree', () => {
  test('lists experiments by their newest run, sweeps where their first run stands, groups before all', () => {
    const tree = model([
      run(1, { sweepId: 7 }),
      run(2),
      run(3, { sweepId: 7 }),
      run(4, { experiment: 'faces.triplet.json' }),
      run(5, { heading: 'b' }),
      run(6, { heading: 'a', sweepId: 8 }),
      run(7, { sweepId: 8 }),
    ])
    expect(tree.experiments()).toEqual([
      { kind: 'experiment', path: 'emoji.triplet.json' },
      { kind: 'experiment', path: 'faces.triplet.json' },
    ])
    expect(lines(tree)).toEqual(['a', 'b', 'sweep 8', 'sweep 7', 'run 2'])
    expect(tree.children({ kind: 'group', experiment: 'emoji.triplet.json', name: 'a' }).map(short)).toEqual([
      'sweep 8',
    ])
    const sweep = { kind: 'sweep', id: 7, experiment: 'emoji.triplet.json', heading: '' } as const
    expect(tree.children(sweep).map(short)).toEqual(['run 3', 'run 1'])
  })

  test('orders by the metric, by name, by hand; stars first where nobody ordered by hand', () => {
    const runs = [
      run(1, { name: 'run 10', summaries: recall(0.3), star: true, place: 2 }),
      run(2, { name: 'run 9', summaries: recall(0.9), place: 0 }),
      run(3, { name: 'run 1' }),
      run(4, { name: 'run 2', summaries: recall(0.5), place: 1 }),
    ]
    expect(lines(model(runs, 'metric'))).toEqual(['run 1', 'run 2', 'run 4', 'run 3'])
    expect(lines(model(runs, 'name'))).toEqual(['run 1', 'run 3', 'run 4', 'run 2'])
    expect(lines(model(runs, 'hand'))).toEqual(['run 3', 'run 2', 'run 4', 'run 1'])
    expect(lines(model(runs, 'newest'))).toEqual(['run 1', 'run 4', 'run 3', 'run 2'])
  })

  test('lists a page at a time, and says how many are left', () => {
    const tree = model(Array.from({ length: 30 }, (_, i) => run(i + 1)))
    const page = tree.children({ kind: 'experiment', path: 'emoji.triplet.json' }, 10)
    expect(page).toHaveLength(11)
    expect(page.at(-1)).toMatchObject({ kind: 'more', count: 20 })
  })

  test('tells runs that are called the same apart by what differs', () => {
    const { spec } = runRow()
    const other = { ...spec, optimizer: { ...spec.optimizer, learningRate: 0.1 } }
    const runs = [
      run(1),
      run(2, { spec: other }),
      run(3, { name: 'mine' }),
      run(4, { experiment: 'b' }),
      run(5, { experiment: 'b' }),
    ]
    const tree = model(runs)
    expect(runs.map(one => tree.apart(one))).toEqual(['learningRate 0.001', 'learningRate 0.1', '', '#4', '#5'])
  })

  test('has every run in exactly one place, whatever runs there are', () => {
    const some = fc.record({
      experiment: fc.constantFrom('a', 'b'),
      heading: fc.constantFrom('', 'x', 'y'),
      sweepId: fc.constantFrom(null, 1, 2),
      star: fc.boolean(),
      place: fc.option(fc.nat(9)),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), fc.constantFrom(...RunOrder.options), (changes, order) => {
        const tree = model(
          changes.map((change, i) => run(i + 1, change)),
          order,
        )
        const keys: string[] = []
        const below = (node: Node): number[] => {
          keys.push(keyOf(node))
          if (node.kind === 'run') return [node.id]
          return node.kind === 'more' ? [] : tree.children(node).flatMap(below)
        }
        const found = tree.experiments().flatMap(below)
        expect(found.toSorted((a, b) => a - b)).toEqual(changes.map((_, i) => i + 1))
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })
})

test('what a command is called on is looked at', () => {
  expect(nodeOf(12)).toEqual({ kind: 'run', id: 12 })
  expect(nodeOf({ kind: 'group', experiment: 'a', name: 'b' })).toEqual({ kind: 'group', experiment: 'a', name: 'b' })
  for (const nothing of [undefined, null, 'x', { kind: 'run' }, { kind: 'more', parent: 'a', count: 3 }, []])
    expect(nodeOf(nothing)).toBeUndefined()
})

test('a spark line goes from the lowest to the highest', () => {
  expect(spark([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█')
  expect(spark([3, 3, NaN, 3], 8)).toBe('▁▁▁')
  expect(
    spark(
      Array.from({ length: 1000 }, (_, i) => -i),
      10,
    ),
  ).toHaveLength(10)
  expect(spark([], 8)).toBe('')
})

test('runs that are dropped on a line take its place, from above and from below', () => {
  const lines = [[1], [2, 3], [4]]
  expect(droppedOrder(lines, [1], 2)).toEqual([2, 3, 4, 1])
  expect(droppedOrder(lines, [4], 0)).toEqual([4, 1, 2, 3])
  expect(droppedOrder(lines, [4], 1)).toEqual([1, 4, 2, 3])
  expect(droppedOrder(lines, [2, 3], 2)).toEqual([1, 4, 2, 3])
  // From elsewhere: another group, or out of a sweep.
  expect(droppedOrder(lines, [9], 2)).toEqual([1, 2, 3, 9, 4])
})
