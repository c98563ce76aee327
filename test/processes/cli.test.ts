import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processesOf, runCli, startCli, theRun, until, workspace, writeExperiment } from './processes.ts'

describe('triplet-lab train', () => {
  it('trains to the end, with one JSON object on standard output and the progress on standard error', async () => {
    const { folder } = workspace()
    const { status, stdout, stderr } = await runCli(folder, 'train', writeExperiment(folder), '--epochs', '2', '--json')
    expect(stderr).toMatch(/Training on tfjs-wasm: 48 of 96 pictures of 8 classes, 24 steps\.[^]*Epoch 2 of 2: loss/)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    const { runs } = JSON.parse(lines[0]) as { runs: unknown }
    expect(runs).toMatchObject([{ id: 1, status: 'done', epochs: 2, step: 24, steps: 24, engine: 'tfjs-wasm' }])
    expect(runs).toMatchObject([{ experiment: 'small.triplet.json', metrics: { loss: {}, 'test/recallAt1': {} } }])
    expect(status).toBe(0)
  })

  it('ends with 2 when the input is wrong, and stores nothing', async () => {
    const { folder, store } = workspace()
    const broken = writeExperiment(folder, { loss: { margin: -1 }, bogus: 1 })
    writeFileSync(join(folder, 'gone.triplet.json'), '{ "dataset": { "folder": "./gone" } }')
    const answers = await Promise.all([
      runCli(folder, 'train', broken),
      runCli(folder, 'train', 'missing.triplet.json'),
      runCli(folder, 'train', broken, '--epochs', 'many'),
      runCli(folder, 'bogus'),
      runCli(folder, 'train', 'gone.triplet.json'),
    ])
    expect(answers.map(answer => answer.status)).toEqual([2, 2, 2, 2, 2])
    expect(answers[4].stderr).toMatch(/^gone\.triplet\.json:1:\d+ error .*gone/)
    expect(answers[0].stderr).toMatch(/small\.triplet\.json:1:\d+ error \S+ /)
    expect(answers[1].stderr).toContain('missing.triplet.json cannot be read')
    expect(store.runs()).toEqual([])
  })

  it('ends with 1 when the run fails, and says why', async () => {
    const { folder } = workspace()
    const { status, stdout, stderr } = await runCli(
      folder,
      'train',
      writeExperiment(folder),
      '--engine',
      'bogus',
      '--json',
    )
    expect(status).toBe(1)
    expect(stderr).toContain('There is no engine bogus.')
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ status: 'failed', step: 0 }] })
  })

  it('stops the run on the first Ctrl-C', async () => {
    const { folder, store } = workspace()
    const { child, finished } = startCli(folder, ['train', writeExperiment(folder, { epochs: 500 }), '--json'])
    await until('points come', () => (store.runs()[0]?.step ?? 0) > 20)
    child.kill('SIGINT')
    const { status, stdout } = await finished
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ status: 'stopped' }] })
  })

  it('leaves the run going when it is killed itself', async () => {
    const { folder, store } = workspace()
    const { child } = startCli(folder, ['train', writeExperiment(folder, { epochs: 40 })])
    await until('points come', () => (store.runs()[0]?.step ?? 0) > 20)
    child.kill('SIGKILL')
    await until('the run ends', () => theRun(store, 1).status === 'done')
    expect(theRun(store, 1)).toMatchObject({ step: 480, attempt: 1 })
    expect(store.series(1, { metrics: ['loss'] })[0]?.steps).toHaveLength(480)
  })
})

describe('the other commands', () => {
  it('pause, resume, stop, list and show a run', async () => {
    const { folder, store } = workspace()
    await runCli(folder, 'train', writeExperiment(folder, { epochs: 500 }), '--detach')
    await until('points come', () => theRun(store, 1).step > 20)
    await runCli(folder, 'pause', '1')
    await until('it pauses', () => theRun(store, 1).status === 'paused')
    const listed = await runCli(folder, 'runs')
    expect(listed.stdout).toMatch(/1\s+paused\s+\d+\/500 /)
    expect((await runCli(folder, 'resume', '1')).stderr).toContain('Run 1 goes on.')
    await until('it goes on', () => theRun(store, 1).status === 'running')
    expect((await runCli(folder, 'stop', '1', '--json')).stdout).toContain('"wish":"stop"')
    await until('it stops', () => theRun(store, 1).status === 'stopped')
    const shown = JSON.parse((await runCli(folder, 'show', '1', '--json')).stdout) as object
    expect(shown).toMatchObject({ run: { status: 'stopped' }, record: { environment: { dataset: { images: 96 } } } })
    expect((await runCli(folder, 'show', '1')).stdout).toContain('Paused at step')
    expect((await runCli(folder, 'show', '7')).status).toBe(2)
    expect(JSON.parse((await runCli(folder, 'runs', '--json')).stdout)).toMatchObject({ runs: [{ id: 1 }] })
  })

  it('check prints every problem with its place, and ends with 2', async () => {
    const { folder } = workspace()
    writeFileSync(
      join(folder, 'broken.triplet.json'),
      '{\n  "dataset": { "name": "emojis" },\n  "loss": { "margin": 0 },\n  "epoch": 3\n}\n',
    )
    const { status, stdout } = await runCli(folder, 'check', 'broken.triplet.json')
    expect(status).toBe(2)
    const places = stdout
      .trim()
      .split('\n')
      .map(line => line.split(' ')[0])
    expect(places).toEqual(expect.arrayContaining(['broken.triplet.json:3:23', 'broken.triplet.json:4:3']))
    const json = JSON.parse((await runCli(folder, 'check', 'broken.triplet.json', '--json')).stdout) as object
    expect(json).toMatchObject({ file: 'broken.triplet.json', problems: [{}, {}, {}] })
    expect((await runCli(folder, 'check', writeExperiment(folder))).status).toBe(0)
    expect(processesOf(folder)).toEqual([])
  })

  it('say that there is no store yet', async () => {
    const { folder } = workspace()
    const { status, stderr } = await runCli(folder, 'runs', '--store', join(folder, 'elsewhere'))
    expect(status).toBe(2)
    expect(stderr).toContain('There are no runs in')
  })
})
