/** Optuna in a Python process, as a contender; absent where no Python has it. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { Problem } from './problems.ts'

const Ready = v.object({ version: v.string() })
const Point = v.record(v.string(), v.number())

export interface Optuna {
  readonly version: string
  /** @returns the values of the trials, in order */
  run(problem: Problem, seed: number, trials: number): Promise<number[]>
  close(): void
}

export async function startOptuna(python: string): Promise<Optuna | null> {
  const child = spawn(python, [new URL('optuna_peer.py', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.on('error', () => child.stdout.destroy())
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const line = await lines.next()
    return line.done ? undefined : JSON.parse(line.value)
  }
  const ready = v.safeParse(Ready, await answer())
  if (!ready.success) return null
  return {
    version: ready.output.version,
    async run(problem, seed, trials) {
      const values: number[] = []
      let question: object = { space: problem.space, seed }
      for (;;) {
        child.stdin.write(`${JSON.stringify(question)}\n`)
        const value = problem.value(v.parse(Point, await answer()))
        values.push(value)
        if (values.length === trials) return values
        question = { value }
      }
    },
    close: () => void child.stdin.end(),
  }
}
