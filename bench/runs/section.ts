/**
 * Thousands of runs: how long until the sidebar has its lines, what a filter takes, and what a comparison of fifty needs.
 * The language server is the built one, asked as the editor asks it; what the extension does with the answers is done here.
 */
import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import * as v from 'valibot'
import { TreeModel } from '../../extension/views/treeModel.ts'
import { summariesOf } from '../../protocol/packedRuns.ts'
import { listRuns, readCurves, readRows, readSummaries, type RequestType } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { headlineMetric } from '../../protocol/runOrder.ts'
import { parseQuery } from '../../protocol/runQuery.ts'
import { serverLockFile } from '../../server/store/layout.ts'
import { takeLock } from '../../server/store/lock.ts'
import { startClient, type TestClient } from '../../test/languageServer/client.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'
import { generatedStore } from './generate.ts'
import { measureWindow } from './realWindow.ts'

const shapes = [
  { runs: 1_000, steps: 10_000 },
  { runs: 10_000, steps: 10_000 },
]
/** As the extension asks for them: what a line shows, and whether a run has collapsed. */
const listed = ['loss', 'dApMean', 'dAnMean', headlineMetric]
/** The last one looks at a metric that is not there yet: its summaries are fetched. */
const queries = ['miner:semi-hard margin>0.1 R@1>0.8', 'tag:paper -seed:3', 'experiments/3', 'AUC>0.5 lr<0.001']
const compared = 50
/** What a person takes for at once, in milliseconds. */
const limits = { open: 1_000, filter: 100, compare: 1_000 }

/** `--only window`: in the real VS Code alone; `--only server`: without it. */
export async function benchRuns({ rounds, only }: BenchOptions): Promise<void> {
  if (only.length === 0 || only.includes('server')) await benchServer(rounds)
  if (only.length === 0 || only.includes('window')) await benchWindow(rounds)
}

async function benchWindow(rounds: number): Promise<void> {
  const { runs, open, firstFilters, filter } = await measureWindow(rounds)
  console.log(`Sidebar in the real VS Code, ${runs} runs; milliseconds:`)
  printTable(columns, [
    row('the tree, from a click on its icon', open, limits.open),
    row('a filter, from its last key to the last line', filter, limits.filter),
    row('the same, the first four of a window', firstFilters, limits.filter),
  ])
}

const columns = ['', 'median', 'worst', 'limit', 'below']

function row(name: string, own: readonly number[], limit: number): string[] {
  const worst = Math.max(...own)
  return [name, median(own).toFixed(0), worst.toFixed(0), String(limit), worst < limit ? 'yes' : 'NO']
}

async function benchServer(rounds: number): Promise<void> {
  for (const shape of shapes) {
    const folder = generatedStore(shape)
    // As if a training server were up: none is started.
    const lock = takeLock(serverLockFile(join(folder, '.triplet-lab')))
    const times = { open: [] as number[], filter: [] as number[], compare: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      await measure(folder, times)
    }
    lock?.release()
    console.log(`Sidebar, ${shape.runs} runs of ${shape.steps} steps; milliseconds:`)
    printTable(columns, [
      row('the tree, from the start of the language server', times.open, limits.open),
      row('a filter', times.filter, limits.filter),
      row(`comparing ${compared} runs`, times.compare, limits.compare),
    ])
  }
}

async function measure(
  folder: string,
  times: { readonly open: number[]; readonly filter: number[]; readonly compare: number[] },
): Promise<void> {
  const timed = async <T>(into: number[], body: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const result = await body()
    into.push(performance.now() - start)
    return result
  }
  const { client, rows } = await timed(times.open, async () => {
    const started = await startClient({ folders: [folder], bundled: true })
    const { runs } = await ask(started, listRuns, { metrics: listed })
    lines(runs)
    return { client: started, rows: runs }
  })
  let known = rows
  for (const query of queries) known = await timed(times.filter, () => filtered(client, known, query))
  const best = known.slice(0, compared).map(run => run.id)
  await timed(times.compare, async () => {
    const { runs } = await ask(client, readRows, { runIds: best })
    const curve = (runId: number) =>
      ask(client, readCurves, { runId, metrics: ['loss'], fromStep: 0, toStep: 1e9, maxPoints: 600 })
    const curves = await Promise.all(best.map(curve))
    if (runs.length !== compared || curves.some(one => one.series[0].steps.length < 100))
      throw new Error('Runs or curves are missing.')
  })
  await client.stop()
}

/** What VS Code asks the tree for when it is opened. */
function lines(runs: readonly RunRow[]): number {
  const model = new TreeModel(runs, 'newest', headlineMetric)
  let count = 0
  for (const experiment of model.experiments())
    if (experiment.kind === 'experiment') count += model.children(experiment, 100).length
  return count
}

/** Fetches what the query needs, filters, and lists anew. @returns the rows with what was fetched */
async function filtered(client: TestClient, rows: readonly RunRow[], query: string): Promise<RunRow[]> {
  const parsed = parseQuery(query)
  if (parsed.kind === 'wrong') throw new Error(`${parsed.term} is not understood.`)
  const missing = parsed.metrics.filter(metric => !listed.includes(metric))
  const byId = new Map(rows.map(run => [run.id, run]))
  if (missing.length > 0) {
    const { summaries } = await ask(client, readSummaries, { metrics: missing })
    for (const table of summaries)
      for (const { runId, summary } of summariesOf(table)) {
        const row = byId.get(runId)
        if (row !== undefined) byId.set(runId, { ...row, summaries: { ...row.summaries, [table.metric]: summary } })
      }
  }
  const all = [...byId.values()]
  if (lines(all.filter(parsed.test)) === 0) throw new Error(`Nothing passes ${query}.`)
  return all
}

async function ask<P extends v.GenericSchema, R extends v.GenericSchema>(
  { connection }: TestClient,
  type: RequestType<P, R>,
  params: v.InferInput<P>,
): Promise<v.InferOutput<R>> {
  return v.parse(type.result, await connection.sendRequest(type.method, params))
}
