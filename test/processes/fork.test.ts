import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runFolder } from '../../server/store/layout.ts'
import { runCli, theRun, workspace, writeExperiment } from './processes.ts'

describe('triplet-lab fork', () => {
  it('trains on as a new run, with single settings changed, also after the files of the first one are gone', async () => {
    const { folder, store } = workspace()
    await runCli(folder, 'train', writeExperiment(folder))
    const forked = ['fork', '1', '--epochs', '5', '--set', 'loss.margin=0.5', 'mining=batch-all', '--json']
    const { status, stdout, stderr } = await runCli(folder, ...forked)
    expect(stderr).toContain('loss.margin 0.2 → 0.5')
    expect(stderr).toMatch(/mining\.strategy semi-hard → batch-all[^]*Forked from run 1: goes on from step 36 of 60/)
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ id: 2, status: 'done', step: 60, epochs: 5 }] })
    expect(store.record(2)?.parentId).toBe(1)
    expect(theRun(store, 2)).toMatchObject({ name: expect.stringContaining('fork of 1') as string })
    expect(theRun(store, 2).spec).toMatchObject({ loss: { margin: 0.5 }, mining: { strategy: 'batch-all' } })
    expect(store.series(2, { metrics: ['loss'] })[0].steps.at(0)).toBe(37)
    expect(theRun(store, 1)).toMatchObject({ status: 'done', step: 36 })

    rmSync(runFolder(store.dir, 1), { recursive: true })
    expect((await runCli(folder, 'fork', '2', '--epochs', '6')).status).toBe(0)
  })

  it('takes the settings of a file, from the best checkpoint', async () => {
    const { folder, store } = workspace()
    await runCli(folder, 'train', writeExperiment(folder))
    const file = writeExperiment(folder, { epochs: 4, optimizer: { name: 'sgd', learningRate: 0.01 } })
    expect((await runCli(folder, 'fork', '1', '--file', file, '--from', 'best')).status).toBe(0)
    expect(theRun(store, 2)).toMatchObject({ status: 'done', spec: { optimizer: { name: 'sgd', learningRate: 0.01 } } })
  })

  it('ends with 2 and says what is wrong', async () => {
    const { folder, store } = workspace()
    await runCli(folder, 'train', writeExperiment(folder))
    const wrong: readonly (readonly [string, ...string[]])[] = [
      ['There is no run 9', '9', '--epochs', '5'],
      ['stands after epoch 3 of 3', '1'],
      ['changes no setting', '1', '--set', 'margin'],
      ['margin-not-positive', '1', '--set', 'loss.margin=-1'],
      ['unknown-key', '1', '--set', 'loss.margn=1'],
      ['one value', '1', '--epochs', '5', '--set', 'loss.margin={"values":[1,2]}'],
      ['missing.triplet.json cannot be read', '1', '--file', 'missing.triplet.json'],
    ]
    for (const [message, ...args] of wrong) {
      const { status, stderr } = await runCli(folder, 'fork', ...args)
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) as string })
    }
    expect(store.runs()).toHaveLength(1)
    const { stderr } = await runCli(folder, 'fork', '1', '--epochs', '5', '--set', 'model.embeddingSize=4')
    expect(stderr).toMatch(/The network differs from that of the run that was forked/)
  })
})
