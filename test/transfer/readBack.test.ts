/**
 * TensorBoard and MLflow themselves read what was exported for them. They are Python packages: where the Python named in
 * TRIPLET_LAB_PYTHON (else python3) does not have one, its test is skipped and says so.
 */
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { expect, it, type TestContext } from 'vitest'
import { flatten } from '../../protocol/specDifference.ts'
import type { Store } from '../../server/store/store.ts'
import { exportRuns } from '../../server/transfer/exportRuns.ts'
import { temporaryFolder } from '../store/helpers.ts'
import { all, filledStore } from './helpers.ts'

const python = process.env['TRIPLET_LAB_PYTHON'] ?? 'python3'
const run = promisify(execFile)

async function needs({ skip }: TestContext, name: string): Promise<void> {
  const isThere = await run(python, ['-c', `import ${name}`]).then(
    () => true,
    () => false,
  )
  if (!isThere) skip(`${python} has no ${name}: pip install ${name}, or name another Python in TRIPLET_LAB_PYTHON.`)
}

async function read(...args: string[]): Promise<unknown> {
  const { stdout } = await run(python, [resolve('test/transfer/readers.py'), ...args], { maxBuffer: 1e8 })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown
}

async function exported(store: Store, format: 'tensorboard' | 'mlflow'): Promise<string> {
  const folder = join(temporaryFolder(), format)
  await exportRuns(store, all(store), format, folder)
  return folder
}

const Points = v.array(v.tuple([v.number(), v.nullable(v.number()), v.number()]))

/** What the store has of a run's curves, as the readers print them. */
function curvesOf(store: Store, id: number, round: (value: number) => number, time: (ms: number) => number) {
  const curve = (metric: string) => {
    const { steps, values, times } = store.rawPoints(id, metric)
    return steps.map((step, i) => [step, Number.isFinite(values[i]) ? round(values[i]) : null, time(times[i])])
  }
  return Object.fromEntries(store.metricsOf(id).map(metric => [metric, curve(metric)]))
}

it('TensorBoard reads every point and every setting', { timeout: 120_000 }, async context => {
  await needs(context, 'tensorboard')
  const store = filledStore()
  const Found = v.record(
    v.string(),
    v.object({ scalars: v.record(v.string(), Points), settings: v.record(v.string(), v.unknown()) }),
  )
  const found = v.parse(Found, await read('tensorboard', await exported(store, 'tensorboard')))
  expect(Object.keys(found).sort()).toEqual([
    'emoji/1 α 0.1- -quoted- - 50 -_',
    'emoji/2 三元组 α 0.2',
    'sub-faces/3 single',
  ])
  for (const row of store.runs()) {
    const [, one] = Object.entries(found).find(([name]) => name.includes(`/${row.id} `)) ?? []
    // Scalars are 32-bit floats there.
    expect(one?.scalars).toEqual(curvesOf(store, row.id, Math.fround, ms => ms / 1000))
    expect(one?.settings).toEqual(Object.fromEntries(flatten(row.spec)))
  }
})

const MlflowRuns = v.array(
  v.object({
    experiment: v.string(),
    name: v.string(),
    status: v.string(),
    params: v.record(v.string(), v.string()),
    tags: v.record(v.string(), v.string()),
    metrics: v.record(v.string(), Points),
    artifacts: v.array(v.string()),
  }),
)

function expectMlflow(store: Store, found: v.InferOutput<typeof MlflowRuns>): void {
  expect(found).toHaveLength(3)
  for (const row of store.runs()) {
    const one = found.find(({ tags }) => tags['triplet-lab.run'] === String(row.id))
    expect(one).toMatchObject({
      experiment: row.experiment,
      name: row.name,
      status: row.status === 'done' ? 'FINISHED' : 'RUNNING',
      params: Object.fromEntries([...flatten(row.spec)].map(([name, value]) => [name, String(value)])),
      artifacts: ['settings.json'],
    })
    // Values come back with every digit.
    expect(one?.metrics).toEqual(
      curvesOf(
        store,
        row.id,
        value => value,
        ms => ms,
      ),
    )
  }
  expect(found.find(one => one.tags['triplet-lab.run'] === '1')?.tags).toMatchObject({
    'mlflow.note.content': 'for figure 2\nsecond line',
    'triplet-lab.tags': 'paper, a b',
    'triplet-lab.group': 'figures',
  })
}

it('MLflow reads every point, setting and note of the folder', { timeout: 120_000 }, async context => {
  await needs(context, 'mlflow')
  const store = filledStore()
  expectMlflow(store, v.parse(MlflowRuns, await read('mlflow', await exported(store, 'mlflow'))))
})

it('MLflow takes the folder into a database of its own', { timeout: 240_000 }, async context => {
  await needs(context, 'mlflow')
  const store = filledStore()
  const database = join(temporaryFolder(), 'mlflow.db')
  const found = v.parse(MlflowRuns, await read('mlflow-database', await exported(store, 'mlflow'), database))
  expectMlflow(store, found)
})
