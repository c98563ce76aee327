/**
 * How good the best of 100 trials is, by each method: the median over seeds of its distance from the smallest value
 * there is. Optuna's default sampler stands beside it where the Python that `--python` names has Optuna.
 */
import { suggest, type Method } from '../../server/search/suggest.ts'
import type { Trial } from '../../server/search/space.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'
import { startOptuna } from './optuna.ts'
import { problems, type Problem } from './problems.ts'

const trials = 100
const defaultSeeds = 20

/** @returns the values of the trials, in order */
export function search(problem: Problem, method: Method, seed: number, count = trials): number[] {
  const history: Trial[] = []
  while (history.length < count) {
    const point = suggest(problem.space, history, { method, seed })
    if (point === null) break
    history.push({ point, value: problem.value(point) })
  }
  return history.map(trial => trial.value ?? NaN)
}

export async function benchSearch(options: BenchOptions): Promise<void> {
  const seeds = Array.from({ length: Math.max(defaultSeeds, options.rounds) }, (_, i) => i + 1)
  const optuna = await startOptuna(options.python)
  const rows: string[][] = []
  for (const problem of problems) {
    const gap = (values: readonly number[]) => Math.min(...values) - problem.least
    const medianGap = (run: (seed: number) => readonly number[]) =>
      median(seeds.map(seed => gap(run(seed)))).toPrecision(3)
    const row = [
      problem.name,
      medianGap(seed => search(problem, 'random', seed)),
      medianGap(seed => search(problem, 'bayes', seed)),
    ]
    if (optuna) {
      const gaps: number[] = []
      for (const seed of seeds) gaps.push(gap(await optuna.run(problem, seed, trials)))
      row.push(median(gaps).toPrecision(3))
    }
    rows.push(row)
  }
  optuna?.close()
  console.log(`Search: best of ${trials} trials, above the smallest value there is; median over ${seeds.length} seeds`)
  printTable(['', 'random', 'bayes', ...(optuna ? [`Optuna ${optuna.version}`] : [])], rows)
  if (!optuna) console.log(`(${options.python} has no Optuna: its column is left out)`)
}
