/** How long the language server takes for each request on a long file, while a training run uses the machine. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { listRuns, startTraining } from '../../protocol/requests.ts'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { requestWish } from '../../server/queues/local.ts'
import { openStore } from '../../server/store/store.ts'
import { planOf } from '../../server/sweeps/plan.ts'
import { startClient, uriOf, type TestClient } from '../../test/languageServer/client.ts'
import { asks } from '../../test/languageServer/requests.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'
import { longFile } from './longFile.ts'

const lines = 1_000
const runsBefore = 500
/** What an editor may take for a request before one feels it, in milliseconds. */
const limit = 50

export async function benchLanguage({ rounds }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  try {
    const text = longFile(lines)
    fillStore(folder, text)
    const client = await startClient({ folders: [folder], bundled: true })
    await train(client, folder)
    const uri = uriOf(join(folder, 'long.triplet.json'))
    client.open(uri, text)
    const times = new Map(Object.keys(asks).map(name => [name, [] as number[]]))
    const all = text.split('\n')
    const before = await trained(client)
    for (let turn = 0; turn < rounds * 40; turn++) {
      const line = (turn * 397) % all.length
      const position = { line, character: Math.min(12, all[line].length) }
      // As someone types: each turn changes the text, so that nothing is answered from memory.
      const at = { line: 1, character: 0 }
      client.change(uri, [{ range: { start: at, end: at }, text: ' ' }])
      for (const [name, ask] of Object.entries(asks)) {
        const start = performance.now()
        await ask(client.connection, uri, position, lines)
        times.get(name)?.push(performance.now() - start)
      }
    }
    const during = (await trained(client)) - before
    const rows = [...times].map(([name, own]) => {
      const sorted = own.toSorted((a, b) => a - b)
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
      return [
        name,
        at(0.5).toFixed(1),
        at(0.95).toFixed(1),
        sorted[sorted.length - 1].toFixed(1),
        at(0.95) < limit ? 'yes' : 'NO',
      ]
    })
    console.log(
      `Language server, ${lines} lines, ${runsBefore} runs and a sweep in the store, one run training (${during} steps meanwhile); milliseconds:`,
    )
    printTable(['request', 'p50', 'p95', 'worst', `p95 < ${limit}`], rows)
    await client.stop()
  } finally {
    await endRuns(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  }
}

/** Runs that are done, and a sweep of the long file. */
function fillStore(folder: string, text: string): void {
  const opened = openStore(join(folder, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error('There is no store.')
  const { store } = opened
  const { tree } = parseExperiment('{ "dataset": "emoji" }')
  const resolution = resolveExperiment(tree, { folder })
  if (resolution.kind === 'refused') throw new Error('The spec was refused.')
  const [{ spec }] = resolution.specs
  const ids = store.queueRuns(
    Array.from({ length: runsBefore }, (_, i) => ({ name: `run ${i}`, experiment: 'long.triplet.json', spec })),
  )
  store.transaction(() => {
    for (const id of ids) {
      store.appendPoints(id, [{ metric: 'test/mapAtR', steps: [1], values: [id / 1_000], times: [1] }])
      store.setStatus(id, 'done')
    }
  })
  const sweepId = store.addSweep('long.triplet.json', planOf(parseExperiment(text).tree, folder))
  store.setSweepStatus(sweepId, 'stopped')
  store.close()
}

async function train(client: TestClient, folder: string): Promise<void> {
  cpSync('examples/emoji.triplet.json', join(folder, 'emoji.triplet.json'))
  const uri = uriOf(join(folder, 'emoji.triplet.json'))
  const started = v.parse(startTraining.result, await client.connection.sendRequest(startTraining.method, { uri }))
  if (started.kind === 'refused') throw new Error(JSON.stringify(started.problems))
  for (let i = 0; i < 300; i++) {
    const { runs } = v.parse(listRuns.result, await client.connection.sendRequest(listRuns.method, { metrics: [] }))
    if (runs.some(run => run.status === 'running' && run.step > 0)) return
    await new Promise(done => setTimeout(done, 100))
  }
  throw new Error('The run did not start.')
}

/** Steps of the run that trains. @throws Error when none does: then nothing was measured beside it */
async function trained(client: TestClient): Promise<number> {
  const { runs } = v.parse(listRuns.result, await client.connection.sendRequest(listRuns.method, { metrics: [] }))
  const running = runs.find(run => run.status === 'running')
  if (running === undefined) throw new Error('No run trains.')
  return running.step
}

/** Through the store: also where the language server is gone. */
async function endRuns(folder: string): Promise<void> {
  const opened = openStore(join(folder, '.triplet-lab'), { create: false })
  if (opened.kind !== 'opened') return
  const { store } = opened
  const unfinished = () => store.runs({ metrics: [] }).filter(run => !endedStatuses.has(run.status))
  for (const { id } of unfinished()) requestWish(store, id, 'stop')
  for (let i = 0; i < 300 && unfinished().length > 0; i++) await new Promise(done => setTimeout(done, 100))
  store.close()
}
