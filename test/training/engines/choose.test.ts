import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { chooseEngine, describeChoice, type TryInProcess } from '../../../server/training/engines/choose.ts'
import { probeEngine, type ProbeRequest } from '../../../server/training/engines/probe.ts'
import { tfjsCpu, tfjsWasm } from '../../../server/training/engines/tfjs/kinds.ts'
import type { EngineKind, EngineOptions, TrainEngine } from '../../../server/training/engines/trainEngine.ts'
import { wholeNetworks } from './networks.ts'

const options: EngineOptions = {
  network: wholeNetworks['conv with batch norm'],
  optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0, weightDecay: 0 },
  seed: 1,
  clipNorm: null,
  batchSize: 12,
  threads: 1,
}

/** An engine that is another one in disguise. */
function like(kind: EngineKind, id: string, change: (engine: TrainEngine) => Partial<TrainEngine>): EngineKind {
  return {
    id,
    unusable: network => kind.unusable(network),
    async create(given) {
      const engine = await kind.create(given)
      return {
        id,
        versions: engine.versions,
        step: engine.step.bind(engine),
        embed: engine.embed.bind(engine),
        exportState: engine.exportState.bind(engine),
        importState: engine.importState.bind(engine),
        dispose: engine.dispose.bind(engine),
        ...change(engine),
      }
    },
  }
}

/** Steps take the time that the test says, however busy the machine is. */
let time = 0
const taking = (milliseconds: number, engine: TrainEngine): Pick<TrainEngine, 'step'> => ({
  async step(...given) {
    const norm = await engine.step(...given)
    time += milliseconds
    return norm
  },
})
const probe = (request: ProbeRequest) => probeEngine(request, kinds, () => time)

/** Computes everything rightly but for the gradient of the last kernel, which comes out a quarter too large. */
const wrong = like(tfjsCpu, 'wrong', engine => ({
  async step(batch, gradientOf, rate) {
    const name = 'embedding/kernel'
    const before = (await engine.exportState()).get(name)?.data ?? new Float32Array()
    const norm = await engine.step(batch, gradientOf, rate)
    const after = new Map(await engine.exportState())
    const kernel = after.get(name)
    if (kernel) after.set(name, { ...kernel, data: kernel.data.map((x, i) => x + 0.25 * (x - before[i])) })
    await engine.importState(after)
    time += 100
    return norm
  },
}))
const slow = like(tfjsCpu, 'slow', engine => taking(400, engine))
const quick = like(tfjsCpu, 'quick', engine => taking(100, engine))
const crashing = like(tfjsCpu, 'crashing', () => ({}))
const absent: EngineKind = { ...tfjsCpu, id: 'absent', unusable: () => Promise.resolve('it is not installed.') }
const kinds = [absent, wrong, slow, crashing, quick, tfjsCpu]

describe('trying an engine', () => {
  it.each(Object.entries(wholeNetworks))('finds the gradients of %s right', async (_, network) => {
    const request = { ...options, network, engine: 'tfjs-wasm' }
    const result = await probeEngine(request, [tfjsWasm])
    expect(result.kind).toBe('ok')
    if (result.kind === 'ok') expect(result.gradientError).toBeLessThan(0.03)
  })

  it('finds a wrong gradient wrong', async () => {
    const result = await probe({ ...options, engine: 'wrong' })
    expect(result.kind).toBe('wrong')
  })

  it('says what failed', async () => {
    const failing: EngineKind = {
      ...tfjsCpu,
      id: 'failing',
      create: () => Promise.reject(new Error('no such library')),
    }
    expect(await probeEngine({ ...options, engine: 'failing' }, [failing])).toEqual({
      kind: 'failed',
      message: 'no such library',
    })
  })
})

const nothing = { engine: null, trials: [] }

describe('choosing an engine', () => {
  let cacheFolder: string
  let tried: string[]
  /** What a process would answer, across JSON as there. */
  const tryInProcess: TryInProcess = async request => {
    tried.push(request.engine)
    if (request.engine === 'crashing') throw new Error('exit code 139')
    return JSON.parse(JSON.stringify(await probe(request))) as unknown
  }

  beforeEach(() => {
    cacheFolder = join(mkdtempSync(join(tmpdir(), 'triplet-lab-engines-')), 'cache')
    tried = []
  })

  it('takes the fastest right one and says what the others did', async () => {
    const choice = await chooseEngine(kinds, options, { tryInProcess, cacheFolder })
    expect(choice?.engine).toBe('quick')
    expect(tried).toEqual(['wrong', 'slow', 'crashing', 'quick'])
    const sentence = describeChoice(choice ?? nothing)
    expect(sentence).toMatch(/^quick is the fastest here with right gradients: .* ms a step\./)
    expect(sentence).toMatch(/absent: it is not installed/)
    expect(sentence).toMatch(/wrong computes gradients that are \d+ % off/)
    expect(sentence).toMatch(/slow takes \d+ ms/)
    expect(sentence).toMatch(/crashing: its trial ended early: exit code 139/)
  })

  it('cuts short what cannot win, unless it is to be thorough', async () => {
    const announced: (readonly string[])[] = []
    const how = { tryInProcess, cacheFolder, onTrials: (engines: readonly string[]) => void announced.push(engines) }
    const choice = await chooseEngine([quick, slow], options, how)
    expect(choice?.engine).toBe('quick')
    expect(choice?.trials.map(trial => trial.result.kind)).toEqual(['ok', 'slower'])
    expect(describeChoice(choice ?? nothing)).toMatch(/slow takes about \d+ ms/)
    const thorough = await chooseEngine([quick, slow], options, { ...how, fresh: true, thorough: true })
    expect(thorough?.trials.map(trial => trial.result.kind)).toEqual(['ok', 'ok'])
    await chooseEngine([quick, slow], options, how)
    expect(announced).toEqual([
      ['quick', 'slow'],
      ['quick', 'slow'],
    ])
  })

  it('does not take a fast engine whose gradient is wrong, also where it has something to beat', async () => {
    const choice = await chooseEngine([slow, wrong], options, { tryInProcess, cacheFolder })
    expect(choice?.engine).toBe('slow')
    expect(choice?.trials[1]?.result.kind).toBe('wrong')
  })

  it('tries only once for a machine and a network, unless asked to', async () => {
    const first = await chooseEngine(kinds, options, { tryInProcess, cacheFolder })
    tried = []
    expect(await chooseEngine(kinds, { ...options, seed: 2 }, { tryInProcess, cacheFolder })).toEqual(first)
    expect(tried).toEqual([])
    await chooseEngine(kinds, { ...options, batchSize: 10 }, { tryInProcess, cacheFolder })
    expect(tried.length).toBe(4)
    tried = []
    await chooseEngine(kinds, options, { tryInProcess, cacheFolder, fresh: true })
    expect(tried.length).toBe(4)
  })

  it('knows only what is remembered when nothing may be tried', async () => {
    expect(await chooseEngine(kinds, options, { tryInProcess: null, cacheFolder })).toBeNull()
    const choice = await chooseEngine(kinds, options, { tryInProcess, cacheFolder })
    expect(await chooseEngine(kinds, options, { tryInProcess: null, cacheFolder })).toEqual(choice)
  })

  it('tries again when the remembered engine is gone or the file is damaged', async () => {
    await chooseEngine(kinds, options, { tryInProcess, cacheFolder })
    tried = []
    const left = kinds.filter(kind => kind !== quick)
    expect((await chooseEngine(left, options, { tryInProcess, cacheFolder }))?.engine).toBe('slow')
    expect(tried.length).toBeGreaterThan(0)
    const file = join(cacheFolder, 'engines.json')
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 50))
    tried = []
    expect((await chooseEngine(kinds, options, { tryInProcess, cacheFolder }))?.engine).toBe('quick')
    expect(tried.length).toBe(4)
  })

  it('takes plain JavaScript only when nothing else is right, and nothing when nothing is', async () => {
    const last = await chooseEngine([wrong, tfjsCpu], options, { tryInProcess, cacheFolder })
    expect(last?.engine).toBe('tfjs-cpu')
    const none = await chooseEngine([wrong], { ...options, batchSize: 9 }, { tryInProcess, cacheFolder })
    expect(none?.engine).toBeNull()
    expect(describeChoice(none ?? nothing)).toMatch(/^No engine can train this network here\. wrong computes/)
  })

  it('takes an answer that is no result for a failure', async () => {
    const odd: TryInProcess = () => Promise.resolve({ kind: 'ok', stepMs: 'fast' })
    const choice = await chooseEngine([quick], options, { tryInProcess: odd, cacheFolder })
    expect(choice?.trials[0]?.result.kind).toBe('failed')
  })
})
