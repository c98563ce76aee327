/**
 * Starting processes that outlive their starter.
 *
 * An editor ends its language server together with the whole tree of processes below it, detached ones too. So the
 * training server is started by a launcher that exits at once: the training server then belongs to nobody's tree.
 */
import * as l10n from '@vscode/l10n'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { needsTrainingServer } from './queues/local.ts'
import { logFile, serverLockFile } from './store/layout.ts'
import { isLocked } from './store/lock.ts'
import { nodeCanStore, oldestNode } from './store/sqlite.ts'
import type { Store } from './store/store.ts'
import type { ProbeRequest } from './training/engines/probe.ts'

/** A program that runs JavaScript files, and what must be in its environment. */
export interface NodeProgram {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

export type Launched =
  | { readonly kind: 'running' }
  | { readonly kind: 'started' }
  /** `message` says why, for people. */
  | { readonly kind: 'refused'; readonly message: string }

/**
 * The Node to train with: the one asked for, else this process's own when it is a plain one that is new enough, else
 * `node` on the PATH, else the editor's Electron used as Node.
 *
 * @param wanted from a setting; TRIPLET_LAB_NODE when empty
 */
export async function chooseNode(wanted = ''): Promise<NodeProgram | { readonly message: string }> {
  const asked = wanted || process.env['TRIPLET_LAB_NODE']
  const oldest = oldestNode.join('.')
  if (asked) {
    const version = await versionOf(asked)
    if (version && nodeCanStore(version)) return { path: asked, env: {} }
    return {
      message: version
        ? l10n.t('{0} is Node {1}; training needs Node {2} or newer.', asked, version, oldest)
        : l10n.t('{0} is not a Node that can be started. Check the setting or TRIPLET_LAB_NODE.', asked),
    }
  }
  const electron = process.versions['electron'] !== undefined
  const ownIsEnough = nodeCanStore(process.versions.node)
  if (!electron && ownIsEnough) return { path: process.execPath, env: {} }
  const onPath = await versionOf('node')
  if (onPath && nodeCanStore(onPath)) return { path: 'node', env: {} }
  if (ownIsEnough) return { path: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } }
  return {
    message: l10n.t(
      'Training needs Node {0} or newer, and none was found. Install it from nodejs.org, or name one in TRIPLET_LAB_NODE.',
      oldest,
    ),
  }
}

async function versionOf(program: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 5000, windowsHide: true })
    return /^v\d+\.\d+/.test(stdout) ? stdout.trim().slice(1) : null
  } catch {
    return null
  }
}

/** An entry of ours: the bundle beside this one, or the source when run from source. */
export function entryPoint(name: 'trainingServer' | 'trainer'): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const bundle = join(here, `${name}.cjs`)
  return existsSync(bundle) ? bundle : join(here, `${name}.ts`)
}

/**
 * Variables of whoever trains. What a step takes and gives back stays in the process, up to 32 MB apiece and a gigabyte in
 * all: otherwise glibc hands it to the system, and gets fresh pages for the next step in a twentieth of its time. No other
 * library reads these (mallopt(3)).
 */
export const trainerMemory = {
  MALLOC_MMAP_THRESHOLD_: String(32 << 20),
  MALLOC_TRIM_THRESHOLD_: String(1 << 30),
} as const

export interface TrainerOptions {
  /** The file that gets what it says, emptied first where it is `fresh`. */
  readonly log: string
  readonly fresh?: boolean
  /** Variables besides this process's own. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether it can be sent messages. */
  readonly listens?: boolean
}

export type TrainerProcess = ChildProcess

/** Starts a trainer in a group of its own: what ends its starter does not end the run. */
export function startTrainer(args: readonly string[], options: TrainerOptions): TrainerProcess {
  const output = openSync(options.log, options.fresh === true ? 'w' : 'a')
  try {
    return spawn(process.execPath, [...process.execArgv, entryPoint('trainer'), ...args], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output, ...(options.listens === true ? (['ipc'] as const) : [])],
      env: { ...trainerMemory, ...process.env, ...options.env },
    })
  } finally {
    closeSync(output)
  }
}

/** Far more than any engine takes to be tried, far less than anyone would wait for one that hangs. */
const probeTimeout = 60_000

/**
 * Tries an engine in a process that is thrown away, see `probeEngine`: what it says is not decoded yet.
 * @throws Error when the process ends without an answer; the message says how
 */
export async function probeInProcess(request: ProbeRequest): Promise<unknown> {
  const options = { timeout: probeTimeout, killSignal: 'SIGKILL', windowsHide: true } as const
  const env = { ...trainerMemory, ...process.env }
  const child = spawn(process.execPath, [entryPoint('trainer'), '--probe'], { ...options, env, stdio: 'pipe' })
  const said: Buffer[] = []
  const complaints: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => void said.push(part))
  child.stderr.on('data', (part: Buffer) => void complaints.push(part))
  // A child that dies before it has read everything is told of by its exit.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(request))
  const end = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code ?? 0}`))
  })
  // Native libraries may print above the answer.
  const answer = lastLine(said)
  if (end === 'exit code 0' && answer !== undefined) return JSON.parse(answer) as unknown
  throw new Error([end, lastLine(complaints)].filter(Boolean).join(', '))
}

function lastLine(parts: readonly Buffer[]): string | undefined {
  return Buffer.concat(parts).toString('utf8').trim().split('\n').at(-1) || undefined
}

/** The launcher where there is no shell. */
const launcher = `
const { spawn } = require('node:child_process')
const [program, ...args] = process.argv.slice(1)
spawn(program, args, { detached: true, windowsHide: true, stdio: ['ignore', 1, 2] }).on('error', error => {
  console.error(error.message)
  process.exitCode = 1
}).unref()
`

export interface LaunchOptions {
  /** Node to use, from a setting; see `chooseNode`. */
  readonly node?: string
  /** Runs at the same time; the training server's default when not given. */
  readonly slots?: number
  /** An editor's process: while it lives, a training server that has nothing to do stays longer, ready to start. */
  readonly editor?: number
}

/**
 * Sees to it that unfinished runs have a training server: call it after queueing or resuming, at start, and every few
 * seconds while runs are unfinished, since a training server may be killed like any process.
 */
export async function ensureTrainingServer(store: Store, options: LaunchOptions = {}): Promise<Launched> {
  const isUnneeded = () => isLocked(serverLockFile(store.dir)) || !needsTrainingServer(store)
  return isUnneeded() ? { kind: 'running' } : launch(store, options, isUnneeded)
}

/** Has a training server wait for an editor in which start may be pressed soon, with a trainer that is ready. */
export async function keepTrainingServerReady(store: Store, editor: number): Promise<Launched> {
  const isUp = () => isLocked(serverLockFile(store.dir))
  return isUp() ? { kind: 'running' } : launch(store, { editor }, isUp)
}

/** @param isEnough whether there is nothing more to wait for */
async function launch(store: Store, options: LaunchOptions, isEnough: () => boolean): Promise<Launched> {
  const node = await chooseNode(options.node)
  if ('message' in node) return { kind: 'refused', message: node.message }
  const log = logFile(store.dir, 'training-server')
  const option = (name: string, value: number | undefined) => (value === undefined ? [] : [name, String(value)])
  const args = [store.dir, ...option('--slots', options.slots), ...option('--for', options.editor)]
  if (!(await launchDetached(node, [entryPoint('trainingServer'), ...args], log))) return refusedStart(log)
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    if (isEnough()) return { kind: 'started' }
    await sleep(10)
  }
  return refusedStart(log)
}

/** @returns whether the launcher could start it */
async function launchDetached(node: NodeProgram, args: readonly string[], log: string): Promise<boolean> {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, 'a')
  try {
    const [program, ...before] = launchers(node.path)
    const child = spawn(program, [...before, node.path, ...args], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...node.env },
    })
    return await new Promise<boolean>(resolve => {
      child.once('error', () => resolve(false))
      child.once('exit', code => resolve(code === 0))
    })
  } finally {
    closeSync(output)
  }
}

/** A shell starts a program and is gone in a tenth of the time that another Node takes. */
const launchers = (node: string): readonly [string, ...string[]] =>
  process.platform === 'win32'
    ? [node, '-e', launcher, '--']
    : ['/bin/sh', '-c', 'command -v "$1" >/dev/null || exit 1; "$@" &', 'sh']

const refusedStart = (log: string): Launched => ({
  kind: 'refused',
  message: l10n.t('The training server did not start. {0} says why.', log),
})
