/** Comma-separated values (RFC 4180), with every digit: for spreadsheets and data frames. */
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { flatten } from '../../protocol/specDifference.ts'
import type { Store } from '../store/store.ts'
import { type Progress, TextFile } from './output.ts'

/** One line a run: what it is, all of its settings, and the last and the best value of each metric. */
export async function exportCsv(runs: readonly RunRow[], file: string): Promise<void> {
  const flats = runs.map(run => flatten(run.spec))
  const settings = [...new Set(flats.flatMap(flat => [...flat.keys()]))]
  const metrics = [...new Set(runs.flatMap(run => Object.keys(run.summaries)))].sort()
  const own = [
    'id',
    'name',
    'experiment',
    'sweep',
    'status',
    'engine',
    'created',
    'started',
    'ended',
    'step',
    'tags',
    'notes',
  ]
  await TextFile.write(file, async text => {
    text.append(row([...own, ...settings, ...metrics.flatMap(metric => [metric, `${metric} (best)`])]))
    for (const [i, run] of runs.entries()) {
      const { id, name, experiment, sweepId, status, engine, created, started, ended, step, tags, notes } = run
      const times = [created, started, ended].map(time => (time === null ? null : new Date(time).toISOString()))
      text.append(
        row([
          ...[id, name, experiment, sweepId, status, engine, ...times, step, tags.join(' '), notes],
          ...settings.map(path => flats[i].get(path)),
          ...metrics.flatMap(metric => {
            const last = Object.hasOwn(run.summaries, metric) ? run.summaries[metric].last : undefined
            return [last, scoreOf(run, metric)]
          }),
        ]),
      )
      await text.flush()
    }
  })
}

/** One line a point; `time` is milliseconds since 1970, and a value that was not finite is empty. */
export async function exportPointsCsv(
  store: Store,
  runs: readonly RunRow[],
  file: string,
  progress: Progress,
): Promise<void> {
  await TextFile.write(file, async text => {
    text.append(row(['run', 'name', 'metric', 'step', 'value', 'time']))
    for (const run of runs) {
      for (const metric of store.metricsOf(run.id)) {
        const { steps, values, times } = store.rawPoints(run.id, metric)
        for (const [i, step] of steps.entries())
          text.append(row([run.id, run.name, metric, step, Number.isFinite(values[i]) ? values[i] : null, times[i]]))
        await text.flush()
      }
      await progress()
    }
  })
}

type Cell = string | number | boolean | null | undefined

function row(cells: readonly Cell[]): string {
  return `${cells.map(cell => field(cell === null || cell === undefined ? '' : String(cell))).join(',')}\r\n`
}

const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
