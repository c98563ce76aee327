/** Writes runs as another Triplet Lab can import them, with all that is kept of them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import type { RunRow } from '../../protocol/runEvent.ts'
import { runFolder } from '../store/layout.ts'
import type { Store } from '../store/store.ts'
import { checkpointNames, transferFormat, type TransferLine } from './format.ts'
import { type Progress, TextFile } from './output.ts'

/** Points in a line, so that a reader need not hold a long curve as text. */
const pointsPerLine = 10_000

/** @param checkpoints whether a run can be trained on where it is imported: they are most of its size */
export async function exportJsonLines(
  store: Store,
  runs: readonly RunRow[],
  file: string,
  { checkpoints, progress }: { readonly checkpoints: boolean; readonly progress: Progress },
): Promise<void> {
  await TextFile.write(file, async text => {
    const put = (line: TransferLine) => text.append(`${JSON.stringify(line)}\n`)
    put({ kind: 'triplet-lab', format: transferFormat, version: packageJson.version, exported: Date.now() })
    for (const sweepId of new Set(runs.flatMap(run => run.sweepId ?? []))) {
      const sweep = store.sweep(sweepId)
      if (sweep === null) continue
      const { experiment, plan, created } = sweep
      put({ kind: 'sweep', sweep: sweepId, origin: store.sweepOrigin(sweepId, created), experiment, plan, created })
    }
    for (const row of runs) {
      await exportRun(store, row, put, () => text.flush())
      if (checkpoints)
        for (const name of checkpointNames) {
          const data = await readFile(join(runFolder(store.dir, row.id), name)).catch(() => null)
          if (data !== null) put({ kind: 'checkpoint', run: row.id, name, data: data.toString('base64') })
        }
      await progress()
    }
  })
}

async function exportRun(
  store: Store,
  row: RunRow,
  put: (line: TransferLine) => void,
  flush: () => Promise<void>,
): Promise<void> {
  const { id: run } = row
  const counts = { points: 0, events: 0, details: 0 }
  const environment = store.record(run)?.environment ?? null
  put({ kind: 'run', run, origin: store.runOrigin(run, row.created), row, environment })
  for (const metric of store.metricsOf(run)) {
    const { steps, values, times } = store.rawPoints(run, metric)
    for (let from = 0; from < steps.length; from += pointsPerLine) {
      const part = <T>(list: readonly T[]) => list.slice(from, from + pointsPerLine)
      const finite = part(values).map(value => (Number.isFinite(value) ? value : null))
      put({ kind: 'points', run, metric, steps: part(steps), values: finite, times: part(times) })
    }
    counts.points += steps.length
    await flush()
  }
  for (const { step, time, kind, message } of store.events(run)) {
    put({ kind: 'event', run, step, time, event: kind, message })
    counts.events++
  }
  for (const { kind, step } of store.details(run)) {
    const found = store.detail(run, kind, step)
    if (found?.step !== step) continue
    const data = JSON.parse(Buffer.from(found.data).toString('utf8')) as unknown
    put({ kind: 'detail', run, detail: kind, step, data })
    counts.details++
    await flush()
  }
  put({ kind: 'end', run, ...counts })
}
