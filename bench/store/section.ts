/** How fast the store takes points, and gives them back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { openStore } from '../../server/store/store.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'

/** About what a training loop records. */
const metrics = Array.from({ length: 18 }, (_, i) => `metric${i}`)

export function benchStore({ rounds }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  const opened = openStore(join(folder, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error('There is no store.')
  const { store } = opened
  try {
    const resolution = resolveExperiment(parseExperiment('{ "dataset": "emoji" }').tree, { folder })
    if (resolution.kind === 'refused') throw new Error('The spec was refused.')
    const [{ spec }] = resolution.specs
    const rows: string[][] = []
    for (const steps of [1, 100, 10_000]) {
      const commits = Math.max(3, Math.min(200, Math.floor(50_000 / steps)))
      const times: number[] = []
      for (let round = 0; round < rounds; round++) {
        const [runId] = store.queueRuns([{ name: `${steps} ${round}`, experiment: 'bench', spec }])
        const start = performance.now()
        for (let commit = 0; commit < commits; commit++) {
          const at = Float64Array.from({ length: steps }, (_, i) => commit * steps + i + 1)
          const values = at.map(step => Math.sin(step))
          store.appendPoints(
            runId,
            metrics.map(metric => ({ metric, steps: at, values, times: at })),
          )
        }
        times.push((performance.now() - start) / commits)
      }
      const ms = median(times)
      const points = steps * metrics.length
      rows.push([`${steps} steps a commit`, ms.toFixed(2), ((points / ms) * 1000).toFixed(0)])
    }
    console.log(`\nStore: points of ${metrics.length} curves, each commit forced to the disk`)
    printTable(['', 'ms a commit', 'points/s'], rows)
  } finally {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return Promise.resolve()
}
