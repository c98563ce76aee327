/** Sweeps in a terminal: `triplet-lab sweep`, `sweep --continue` and `sweeps`, for people and for scripts. */
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bundle, runCli, until, workspace, type Finished } from './processes.ts'
import { writeSweep } from './sweepFile.ts'

interface Answer {
  readonly sweep: object
  readonly best: { readonly run: number; readonly value: number; readonly values: object } | null
  readonly runs: readonly {
    readonly id: number
    readonly status: string
    readonly combination: number
    readonly values: Readonly<Record<string, unknown>>
    readonly metrics: Readonly<Record<string, { readonly max: number }>>
  }[]
}

/** All of standard output, which is one line. */
function answerIn({ stdout }: Finished): Answer {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Answer
}

const margins = (...values: number[]) => ({ loss: { margin: { values } } })

describe('triplet-lab sweep', () => {
  it('answers with its runs, the best one first', async () => {
    const { folder } = workspace()
    const file = writeSweep(folder, {
      optimizer: { learningRate: { min: 1e-4, max: 0.1, distribution: 'log_uniform_values' } },
      sweep: { method: 'random', runCap: 3, metric: { name: 'mapAtR' } },
    })
    const finished = await runCli(folder, 'sweep', file, '--json')
    const { sweep, best, runs } = answerIn(finished)
    expect(sweep).toEqual({
      id: 1,
      status: 'done',
      message: null,
      method: 'random',
      metric: 'test/mapAtR',
      goal: 'maximize',
      axes: ['optimizer.learningRate'],
    })
    const reached = runs.map(run => run.metrics['test/mapAtR'].max)
    expect(reached).toHaveLength(3)
    expect(reached).toEqual(reached.toSorted((a, b) => b - a))
    expect(best).toEqual({ run: runs[0].id, value: reached[0], values: runs[0].values })
    expect(runs.map(run => run.combination).toSorted((a, b) => a - b)).toEqual([0, 1, 2])
    for (const { values } of runs) expect(values).toEqual({ 'optimizer.learningRate': expect.any(Number) as number })
    expect(finished.stderr).toContain('done')
    expect(finished.status).toBe(0)
  })

  it('goes on with --continue as the file is now: runs are kept, added and not repeated', async () => {
    const { folder, store } = workspace()
    const nothing = await runCli(folder, 'sweep', writeSweep(folder, margins(0.1, 0.2)), '--continue')
    expect(nothing).toMatchObject({ status: 2, stdout: '' })
    expect(nothing.stderr).toContain('This file has no sweep yet.')

    const before = answerIn(await runCli(folder, 'sweep', writeSweep(folder, margins(0.1, 0.2)), '--json'))
    const finished = await runCli(folder, 'sweep', writeSweep(folder, margins(0.2, 0.5, 0.1)), '--continue', '--json')
    expect(finished.stderr).toContain('The sweep goes on: 2 runs kept, 1 added, 0 taken out of the queue.')
    const after = answerIn(finished)
    expect(after.sweep).toMatchObject({ id: 1, status: 'done' })
    const byId = (answer: Answer) => answer.runs.map(run => [run.id, run.values['loss.margin']]).sort()
    expect(byId(before)).toEqual([[1, 0.1], [2, 0.2]]) // prettier-ignore
    expect(byId(after)).toEqual([[1, 0.1], [2, 0.2], [3, 0.5]]) // prettier-ignore
    expect(store.runs().map(run => run.attempt)).toEqual([1, 1, 1])

    const changed = { ...margins(0.1, 0.2), model: { architecture: 'mlp', embeddingSize: 6, hidden: [8] } }
    const other = await runCli(folder, 'sweep', writeSweep(folder, changed), '--continue')
    expect(other).toMatchObject({ status: 2, stdout: '' })
    expect(other.stderr).toContain('More than the axes has changed')
    expect(store.runs()).toHaveLength(3)

    const list = await runCli(folder, 'sweeps')
    expect(list.stdout).toMatch(
      /^ +1 {2}done {2}3 of 3 runs ended, by MAP@R {2}MAP@R \d\.\d{3} {2}sweep\.triplet\.json\n$/,
    )
    const listed = JSON.parse((await runCli(folder, 'sweeps', '--json')).stdout) as { sweeps: unknown }
    expect(listed.sweeps).toMatchObject([{ id: 1, status: 'done', experiment: 'sweep.triplet.json', trials: [{ runId: 1 }, { runId: 2 }, { runId: 3 }] }]) // prettier-ignore
  })

  it('shows a table that stays in its place, the best run marked', async () => {
    const { folder } = workspace()
    const file = writeSweep(folder, margins(0.1, 0.2, 0.5))
    const { status, written } = await inTerminal(folder, ['sweep', file])
    expect(status).toBe(0)
    // It was drawn more than once, over what stood there.
    expect(written.split('\u001b[J').length).toBeGreaterThan(2)
    const screen = onScreen(written)
    expect(screen.filter(line => line.includes('runs ended, by MAP@R'))).toHaveLength(1)
    const [title, ...rest] = screen.slice(screen.findIndex(line => line.includes('runs ended')))
    expect(title).toBe('3 of 3 runs ended, by MAP@R')
    const rows = rest.filter(line => /^ +\d/.test(line))
    expect(rows).toHaveLength(3)
    for (const row of rows) expect(row).toMatch(/^ +\d {2}done +2\/2 +\d\.\d{3}( ★)? +α 0\.\d$/)
    expect(rows.filter(row => row.includes('★'))).toEqual([rows[0]])
    expect(rest.at(-1)).toMatch(/^Best: MAP@R \d\.\d{3}, run \d, α 0\.\d$/)
  })
})

describe('a sweep as a whole', () => {
  it('is paused, brought forward, resumed and stopped', async () => {
    const { folder, store } = workspace()
    const file = writeSweep(folder, { ...margins(0.1, 0.2, 0.5), epochs: 2_000 })
    const json = async (...args: string[]) => JSON.parse((await runCli(folder, ...args, '--json')).stdout) as unknown
    expect(await json('slots', '1')).toEqual({ slots: 1 })
    expect((await runCli(folder, 'sweep', file, '--detach')).status).toBe(0)
    const running = () => store.runs({ statuses: ['running'], metrics: [] })
    await until('a run gets on', () => running().some(run => run.step > 0))
    expect(running()).toHaveLength(1)

    expect(await json('pause', '1', '--sweep')).toEqual({ id: 1, status: 'running', wish: 'pause' })
    await until('nothing trains', () => running().length === 0)
    expect((await runCli(folder, 'sweeps')).stdout).toMatch(/^ +1 {2}running {2}0 of 3 runs ended, by MAP@R · paused/)
    expect(await json('first', '1', '--sweep')).toEqual({ id: 1, priority: 1 })
    expect(store.sweep(1)?.priority).toBe(1)

    expect(await json('resume', '1', '--sweep')).toEqual({ id: 1, status: 'running', wish: 'run' })
    await until('it trains again', () => running().length === 1)
    const stopped = await runCli(folder, 'stop', '1', '--sweep')
    expect(stopped).toMatchObject({ status: 0, stdout: '' })
    expect(stopped.stderr).toContain('Sweep 1 stops. It can be resumed.')
    await until('all runs have stopped', () => store.runs({ statuses: ['stopped'], metrics: [] }).length === 3)
    expect(store.sweep(1)?.status).toBe('stopped')

    for (const command of ['pause', 'first']) {
      const unknown = await runCli(folder, command, '9', '--sweep')
      expect(unknown).toMatchObject({ status: 2, stdout: '' })
      expect(unknown.stderr).toContain('There is no sweep 9.')
    }
    expect(await json('slots', 'auto')).toEqual({ slots: null })
  })
})

describe('a sweep that cannot work is refused before anything is queued:', () => {
  const wide = Array.from({ length: 101 }, (_, i) => i + 1)
  const cases: Readonly<Record<string, { readonly changes: object; readonly says: RegExp }>> = {
    'an axis whose values the setting does not have': {
      changes: margins(0.1, -1),
      says: /error margin-not-positive /,
    },
    'an interval that is empty': {
      changes: { loss: { margin: { min: 0.5, max: 0.1 } }, sweep: { method: 'random', runCap: 3 } },
      says: /error sweep-empty-interval /,
    },
    'more than 10,000 combinations': {
      changes: { seed: { values: wide }, epochs: { values: wide } },
      says: /error sweep-too-many-runs .*10201 runs/,
    },
    'a metric that never appears': {
      changes: { ...margins(0.1, 0.2), split: { by: 'example', test: 0 }, sweep: { metric: { name: 'recallAt1' } } },
      says: /error sweep-metric-missing .*recallAt1/,
    },
    'batches that none of its runs can draw': {
      changes: { ...margins(0.1, 0.2), batch: { classes: 9, samplesPerClass: 3 } },
      says: /error batch-more-classes-than-dataset /,
    },
    'nothing swept': { changes: {}, says: /sweeps nothing/ },
  }
  it.each(Object.entries(cases))('%s', async (_, { changes, says }) => {
    const { folder, store } = workspace()
    const { status, stdout, stderr } = await runCli(folder, 'sweep', writeSweep(folder, changes), '--json')
    expect(stderr).toMatch(says)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(store.runs()).toEqual([])
    expect(store.sweeps(true)).toEqual([])
  })
})

/** Runs the command line at a terminal of 100 columns. */
async function inTerminal(
  folder: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly written: string }> {
  const command = [process.execPath, bundle('cli'), ...args].map(part => `'${part}'`).join(' ')
  const child = spawn('script', ['-qefc', `stty cols 100 rows 40; ${command}`, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TRIPLET_LAB_LOCALE: 'en' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => (written += data))
  const status = await new Promise<number | null>((done, failed) => child.once('close', done).once('error', failed))
  return { status, written }
}

/** What a terminal shows in the end that knows as much as the table uses: lines, back up, and clearing what follows. */
function onScreen(written: string): string[] {
  const lines = ['']
  let row = 0
  for (const [part] of written.matchAll(/\u001b\[\d*[AJ]|\r|\n|[^\u001b\r\n]+|\u001b/g)) {
    const up = /\[(\d+)A$/.exec(part)
    if (part === '\n') lines[++row] ??= ''
    else if (up !== null) row = Math.max(0, row - Number(up[1]))
    else if (part.endsWith('[J')) lines.splice(row, Infinity, '')
    else if (part !== '\r') lines[row] += stripVTControlCharacters(part)
  }
  return lines.map(line => line.trimEnd()).filter(line => line !== '')
}
