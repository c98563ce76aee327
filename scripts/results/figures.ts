/** docs/results.json: the figures of every run that was finished, so that nothing is run twice. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { root } from './specs.ts'

const Values = v.record(v.string(), v.number())

export const Figure = v.object({
  /** Of the settings, seed included: other settings are another run. */
  key: v.string(),
  study: v.string(),
  row: v.string(),
  seed: v.number(),
  /** `done`, or what went wrong. */
  outcome: v.picklist(['done', 'collapsed', 'diverged']),
  /** Of the last evaluation. */
  values: Values,
  epochs: v.number(),
  steps: v.number(),
  /** From opening the pictures to the last evaluation, and what all threads computed meanwhile. */
  seconds: v.number(),
  cpuSeconds: v.number(),
  engine: v.string(),
  cores: v.number(),
  processor: v.string(),
})
export type Figure = v.InferOutput<typeof Figure>

const file = join(root, 'docs/results.json')

/** Read anew for each run, so that several of these scripts may run side by side. */
export class Figures {
  #all = read()

  find(study: string, row: string, key: string): Figure | undefined {
    return this.#all.get(id({ study, row, key }))
  }

  /** Adds one and writes all, a run a line. Figures of settings that are no more are dropped. */
  add(figure: Figure, isCurrent: (figure: Figure) => boolean): void {
    this.#all = read().set(id(figure), figure)
    const lines = [...this.#all.values()].filter(isCurrent).map(one => `  ${JSON.stringify(one)}`)
    writeFileSync(`${file}.new`, `[\n${lines.join(',\n')}\n]\n`)
    renameSync(`${file}.new`, file)
  }
}

/** @throws v.ValiError when the file holds something else */
function read(): Map<string, Figure> {
  const kept = existsSync(file) ? v.parse(v.array(Figure), JSON.parse(readFileSync(file, 'utf8'))) : []
  return new Map(kept.map(figure => [id(figure), figure]))
}

const id = ({ study, row, key }: Pick<Figure, 'study' | 'row' | 'key'>) => `${study}\n${row}\n${key}`
