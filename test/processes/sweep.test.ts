import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSmallDataset } from '../training/smallDataset.ts'
import { bundle, kill, processesOf, runCli, until, workspace } from './processes.ts'

function writeSweep(folder: string, changes: object): string {
  const { images, labels } = writeSmallDataset(folder)
  const file = {
    dataset: { idx: { images, labels } },
    split: { by: 'example', test: 0.5 },
    model: { architecture: 'mlp', embeddingSize: 4, hidden: [8] },
    batch: { classes: 4, samplesPerClass: 3 },
    stepsPerEpoch: 4,
    epochs: 2,
    engine: 'tfjs-wasm',
    ...changes,
  }
  writeFileSync(join(folder, 'sweep.triplet.json'), JSON.stringify(file))
  return 'sweep.triplet.json'
}

describe('a sweep', () => {
  it('of 60 runs, its training server killed twice, has 60 results, none twice', async () => {
    const { folder, store } = workspace()
    const margins = { values: Array.from({ length: 20 }, (_, i) => (i + 1) / 20) }
    const file = writeSweep(folder, { loss: { margin: margins }, sweep: { repeats: 3 } })
    // Whoever started it is gone at once, as a window that is closed.
    expect((await runCli(folder, 'sweep', file, '--detach')).status).toBe(0)
    const serve = () => {
      const args = [bundle('trainingServer'), store.dir, '--slots', '3']
      spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
    }
    const servers = () => processesOf(store.dir).filter(found => found.kind === 'trainingServer')
    const done = () => store.runs({ statuses: ['done'], metrics: [] }).length
    for (const some of [8, 25]) {
      await until(`${some} runs are done`, () => done() >= some, 120_000)
      for (const { pid } of servers()) kill(pid)
      await until('the server is gone', () => servers().length === 0)
      serve()
    }
    await until('the sweep ends', () => store.sweep(1)?.status === 'done', 300_000)
    const runs = store.runs({ sweepId: 1 })
    expect(runs.map(run => run.status)).toEqual(runs.map(() => 'done'))
    expect(new Set(runs.map(run => `${run.spec.loss.margin} ${run.spec.seed}`)).size).toBe(60)
    expect(runs).toHaveLength(60)
    for (const run of runs) {
      expect(run.step).toBe(8)
      expect(store.series(run.id, { metrics: ['loss'] })[0].steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    }
  }, 600_000)

  it('answers in the terminal with its runs, the best one first', async () => {
    const { folder } = workspace()
    const file = writeSweep(folder, {
      optimizer: { learningRate: { min: 1e-4, max: 0.1, distribution: 'log_uniform_values' } },
      sweep: { method: 'random', runCap: 3, metric: { name: 'mapAtR' } },
    })
    const { status, stdout, stderr } = await runCli(folder, 'sweep', file, '--json')
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const answer = JSON.parse(stdout) as {
      sweep: object
      runs: { status: string; metrics: Record<string, { max: number }> }[]
    }
    expect(answer.sweep).toEqual({
      id: 1,
      status: 'done',
      message: null,
      method: 'random',
      metric: 'test/mapAtR',
      goal: 'maximize',
      axes: ['optimizer.learningRate'],
    })
    const best = answer.runs.map(run => run.metrics['test/mapAtR'].max)
    expect(best).toHaveLength(3)
    expect(best).toEqual(best.toSorted((a, b) => b - a))
    expect(stderr).toContain('done')
    expect(status).toBe(0)
  })

  it('is not started where nothing is swept', async () => {
    const { folder, store } = workspace()
    const { status, stderr } = await runCli(folder, 'sweep', writeSweep(folder, {}))
    expect(status).toBe(2)
    expect(stderr).toContain('sweeps nothing')
    expect(store.runs()).toEqual([])
  })
})
