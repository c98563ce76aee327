/** Which engine trains a network fastest on this machine, and rightly: tried once, then remembered. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import packageJson from '../../../package.json' with { type: 'json' }
import { findPackage } from './installedPackage.ts'
import { type ProbeRequest, ProbeResult } from './probe.ts'
import type { EngineKind, EngineOptions } from './trainEngine.ts'

/** What came of trying one engine. */
export const EngineTrial = v.object({
  engine: v.string(),
  result: v.variant('kind', [
    ...ProbeResult.options,
    v.object({ kind: v.literal('unusable'), message: v.string() }),
    /** Slower beyond doubt: left without a trial. */
    v.object({ kind: v.literal('untried') }),
  ]),
})
export type EngineTrial = v.InferOutput<typeof EngineTrial>

/** `engine` is `null` when none can run the network. */
export const EngineChoice = v.object({ engine: v.nullable(v.string()), trials: v.array(EngineTrial) })
export type EngineChoice = v.InferOutput<typeof EngineChoice>

/**
 * Runs `probeEngine` in a throwaway process and returns what it wrote, decoded as JSON; rejects when the process dies.
 * Given from outside, since processes are started in few places.
 */
export type TryInProcess = (request: ProbeRequest) => Promise<unknown>

export interface ChooseOptions {
  /** `null`: nothing is tried now, only what is remembered counts. */
  readonly tryInProcess: TryInProcess | null
  /** Folder where choices are remembered; made when missing. */
  readonly cacheFolder: string
  /** Try again, whatever is remembered. */
  readonly fresh?: boolean
  /** Try every engine to the end, also those that are slower beyond doubt. */
  readonly thorough?: boolean
  /** Told of the engines that are about to be tried, which takes a second or two. */
  readonly onTrials?: (engines: readonly string[]) => void
}

/** Plain JavaScript is the reference, and for those who have nothing else. */
const lastResort = 'tfjs-cpu'
const remembered = 50

/**
 * Chooses among the kinds; never throws for an engine that fails.
 * @returns `null` when nothing is remembered and nothing may be tried
 */
export async function chooseEngine(
  kinds: readonly EngineKind[],
  options: EngineOptions,
  { tryInProcess, cacheFolder, fresh = false, thorough = false, onTrials }: ChooseOptions,
): Promise<EngineChoice | null> {
  const file = join(cacheFolder, 'engines.json')
  const key = choiceKey(options)
  const known = fresh ? undefined : readChoices(file).get(key)
  if (known?.engine && (await stillUsable(kinds, known.engine, options))) return known
  if (!tryInProcess) return null
  const choice = await tryAll(kinds, options, { tryInProcess, thorough, onTrials })
  remember(file, key, choice)
  return choice
}

/** The choice in a sentence: what is taken, and what the others did. */
export function describeChoice({ engine, trials }: EngineChoice): string {
  const others = trials.filter(trial => trial.engine !== engine).flatMap(trial => describeTrial(trial) ?? [])
  const taken = trials.find(trial => trial.engine === engine)
  if (!engine || !taken) return [l10n.t('No engine can train this network here.'), ...others].join(' ')
  const rest = others.length > 0 ? ` ${l10n.t('The others: {0}', others.join(' '))}` : ''
  if (taken.result.kind !== 'ok') return l10n.t('{0} trains this network.', engine) + rest
  return (
    l10n.t('{0} is the fastest here with right gradients: {1} ms a step.', engine, milliseconds(taken.result.stepMs)) +
    rest
  )
}

/** One engine's trial in a sentence; `null` when there is nothing to say. */
export function describeTrial({ engine, result }: EngineTrial): string | null {
  switch (result.kind) {
    case 'ok':
      return l10n.t('{0} takes {1} ms.', engine, milliseconds(result.stepMs))
    case 'slower':
      return l10n.t('{0} takes about {1} ms.', engine, milliseconds(result.stepMs))
    case 'wrong':
      return l10n.t(
        '{0} computes gradients that are {1} % off, so it is not used.',
        engine,
        Math.round(result.gradientError * 100),
      )
    case 'failed':
    case 'unusable':
      return `${engine}: ${result.message}`
    case 'untried':
      return null
  }
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0)
}

async function stillUsable(kinds: readonly EngineKind[], id: string, options: EngineOptions): Promise<boolean> {
  const kind = kinds.find(one => one.id === id)
  return kind !== undefined && (await kind.unusable(options.network)) === null
}

async function tryAll(
  kinds: readonly EngineKind[],
  options: EngineOptions,
  how: {
    readonly tryInProcess: TryInProcess
    readonly thorough: boolean
    readonly onTrials: ChooseOptions['onTrials']
  },
): Promise<EngineChoice> {
  const trials: EngineTrial[] = []
  const usable: EngineKind[] = []
  for (const kind of kinds) {
    const message = await kind.unusable(options.network)
    if (message === null) usable.push(kind)
    else trials.push({ engine: kind.id, result: { kind: 'unusable', message } })
  }
  const candidates = usable.filter(kind => kind.id !== lastResort)
  if (candidates.length > 0) how.onTrials?.(candidates.map(({ id }) => id))
  let best: { readonly engine: string; readonly stepMs: number } | null = null
  // One after the other, since together they would slow each other down, and what cannot win is cut short.
  for (const { id } of candidates) {
    const toBeat = how.thorough ? null : (best?.stepMs ?? null)
    const result = await tryOne(id, options, toBeat, how.tryInProcess)
    trials.push({ engine: id, result })
    if (result.kind === 'ok' && (best === null || result.stepMs < best.stepMs))
      best = { engine: id, stepMs: result.stepMs }
  }
  const spare = usable.find(kind => kind.id === lastResort)
  if (spare) trials.push({ engine: spare.id, result: { kind: 'untried' } })
  return { engine: best?.engine ?? spare?.id ?? null, trials }
}

async function tryOne(
  engine: string,
  options: EngineOptions,
  toBeat: number | null,
  tryInProcess: TryInProcess,
): Promise<ProbeResult> {
  const { network, optimizer, batchSize, threads } = options
  try {
    const answer = v.safeParse(
      ProbeResult,
      await tryInProcess({ engine, network, optimizer, batchSize, threads, toBeat }),
    )
    if (answer.success) return answer.output
    return { kind: 'failed', message: l10n.t('its trial gave no result.') }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', message: l10n.t('its trial ended early: {0}', reason) }
  }
}

/** Changes with the machine, with everything that engines are made of, and with the work to be done. */
function choiceKey({ network, optimizer, batchSize, threads }: EngineOptions): string {
  const natives = ['onnxruntime-node', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'].map(
    name => findPackage(name)?.version ?? '',
  )
  const machine = [platform(), arch(), cpus()[0]?.model ?? '', availableParallelism(), process.versions.node]
  const work = [network, optimizer.name, batchSize, threads]
  const all = JSON.stringify([packageJson.version, natives, machine, work])
  return createHash('sha256').update(all).digest('hex').slice(0, 24)
}

const Choices = v.array(v.tuple([v.string(), EngineChoice]))

/** A file that cannot be read or does not decode is as good as none. */
function readChoices(file: string): Map<string, EngineChoice> {
  try {
    return new Map(v.parse(Choices, JSON.parse(readFileSync(file, 'utf8'))))
  } catch {
    return new Map()
  }
}

function remember(file: string, key: string, choice: EngineChoice): void {
  if (choice.engine === null) return
  const choices = readChoices(file)
  choices.delete(key)
  const newest = [...choices, [key, choice] as const].slice(-remembered)
  const temporary = `${file}.${process.pid}`
  try {
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(temporary, JSON.stringify(newest))
    renameSync(temporary, file)
  } catch {
    // A choice that is not remembered is made again next time.
  }
}
