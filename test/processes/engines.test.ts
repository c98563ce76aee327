import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { EngineTrial } from '../../server/training/engines/choose.ts'
import { ProbeResult } from '../../server/training/engines/probe.ts'
import { wholeNetworks } from '../training/engines/networks.ts'
import { writeSmallDataset } from '../training/smallDataset.ts'
import { bundle, runCli, theRun, workspace } from './processes.ts'

/** What a trainer says and ends with when asked to try an engine. */
async function probe(request: string): Promise<{ status: number | null; answer: string }> {
  const child = spawn(process.execPath, [bundle('trainer'), '--probe'], { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.end(request)
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const answer = (await text(child.stdout)).trim().split('\n').at(-1) ?? ''
  return { status: await ended, answer }
}

describe('a trainer that tries an engine', () => {
  const request = {
    network: wholeNetworks['conv with batch norm'],
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0 },
    batchSize: 16,
    threads: null,
  }

  it.each(['onnx-cpu', 'tfjs-wasm', 'tfjs-cpu'])('finds %s right, from the bundle', async engine => {
    const { status, answer } = await probe(JSON.stringify({ ...request, engine }))
    expect(status).toBe(0)
    const result = v.parse(ProbeResult, JSON.parse(answer))
    expect(result.kind).toBe('ok')
    if (result.kind === 'ok') expect(result.stepMs).toBeGreaterThan(0)
  })

  it('says what failed, and ends with an error when it was not asked properly', async () => {
    const { status, answer } = await probe(JSON.stringify({ ...request, engine: 'bogus' }))
    expect(status).toBe(0)
    expect(v.parse(ProbeResult, JSON.parse(answer))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('bogus') as string,
    })
    expect((await probe('{"engine": 1}')).status).toBe(1)
  })
})

describe('triplet-lab doctor', () => {
  it('tries every engine, takes the fastest right one, and remembers it', async () => {
    const { folder } = workspace()
    const cache = join(folder, 'cache')
    vi.stubEnv('TRIPLET_LAB_CACHE', cache)
    const { status, stdout } = await runCli(folder, 'doctor', '--json')
    expect(status).toBe(0)
    const { engine, engines } = v.parse(
      v.object({ engine: v.string(), engines: v.array(EngineTrial), node: v.object({ path: v.string() }) }),
      JSON.parse(stdout),
    )
    const tried = engines.filter(trial => trial.result.kind === 'ok').map(trial => trial.engine)
    expect(tried).toEqual(expect.arrayContaining(['tfjs-wasm', 'onnx-cpu', engine]))
    const remembered = JSON.parse(readFileSync(join(cache, 'engines.json'), 'utf8')) as unknown
    expect(remembered).toMatchObject([[expect.any(String), { engine }]])
    const { stdout: lines } = await runCli(folder, 'doctor')
    expect(lines.split('\n')[0]).toMatch(/^✓ \S+ takes [\d.]+ ms\.$/)
  })
})

describe('engine "auto"', () => {
  it('tries the engines on the network of a first run, says what came of it, and remembers it for the next', async () => {
    const { folder, store } = workspace()
    vi.stubEnv('TRIPLET_LAB_CACHE', join(folder, 'cache'))
    const { images, labels } = writeSmallDataset(folder)
    const experiment = {
      dataset: { idx: { images, labels } },
      split: { by: 'example', test: 0.5 },
      model: { architecture: 'conv', embeddingSize: 8, filters: [4] },
      batch: { classes: 4, samplesPerClass: 3 },
      stepsPerEpoch: 4,
      epochs: 1,
      engine: 'auto',
    }
    writeFileSync(join(folder, 'auto.triplet.json'), JSON.stringify(experiment))
    for (const run of [1, 2]) {
      expect((await runCli(folder, 'train', 'auto.triplet.json')).status).toBe(0)
      const { engine } = theRun(store, run)
      expect(engine).not.toBeNull()
      const said = store.events(run).map(event => event.message)
      expect(said.some(message => message.startsWith('Trying onnx-cpu, tfjs-wasm'))).toBe(run === 1)
      expect(
        said.some(message => message.startsWith(`${engine ?? ''} is the fastest here with right gradients:`)),
      ).toBe(true)
      expect(said.some(message => message.includes(`Training on ${engine ?? ''}:`))).toBe(true)
    }
  })
})
