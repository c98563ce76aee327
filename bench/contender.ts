/** A process that takes part in a comparison: it says when it is ready, and then works whenever it is its turn. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Interface, createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import * as v from 'valibot'
import { trainerMemory } from '../server/launch.ts'

/** The first line of a contender: the setting it runs in. */
const Ready = v.object({ label: v.string() })
/** Its answer to a turn: the time of every step in milliseconds, and the most memory it has had. */
const Turn = v.object({
  steps: v.array(v.number()),
  peakMegabytes: v.number(),
  /** Milliseconds that training waited for a checkpoint, where one was written. */
  saveMs: v.optional(v.number()),
  /** Milliseconds of the turn in which the engine waited for pictures, where that was measured. */
  waitedMs: v.optional(v.number()),
  /** Milliseconds of the turn that went into statistics and tracking, where that was measured. */
  spentMs: v.optional(v.number()),
})
export type Turn = v.InferOutput<typeof Turn>

export class Contender {
  readonly label: string
  /** From the start of the process to the end of its first step. */
  readonly firstStepMs: number
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>
  readonly #reader: Interface

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    reader: Interface,
    lines: AsyncIterator<string>,
    label: string,
    firstStepMs: number,
  ) {
    this.#child = child
    this.#reader = reader
    this.#lines = lines
    this.label = label
    this.firstStepMs = firstStepMs
  }

  /** @returns `null` when the process ends without having been ready */
  static async start(command: string, args: readonly string[]): Promise<Contender | null> {
    const start = performance.now()
    const env = command === process.execPath ? { ...trainerMemory, ...process.env } : process.env
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    child.on('error', () => child.stdout.destroy())
    const reader = createInterface({ input: child.stdout })
    const lines = reader[Symbol.asyncIterator]()
    const first = await lines.next()
    if (first.done) return null
    const firstStepMs = performance.now() - start
    // What prepares itself after its first step, to find its best setting, says so in a second line.
    const second = await lines.next()
    if (second.done) return null
    const { label } = v.parse(Ready, JSON.parse(second.value))
    return new Contender(child, reader, lines, label, firstStepMs)
  }

  async turn(seconds: number): Promise<Turn> {
    this.#child.stdin.write(`${seconds}\n`)
    const line = await this.#lines.next()
    if (line.done) throw new Error(`${this.label} has ended in the middle of its turn.`)
    return v.parse(Turn, JSON.parse(line.value))
  }

  async stop(): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    this.#reader.close()
  }
}
