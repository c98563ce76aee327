/** From a row of a study to what is run, by the same way that an experiment file takes. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AugmentSpec, DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { networkState } from '../../server/networkState.ts'
import type { Experiment } from './studies.ts'

export const root = join(import.meta.dirname, '../..')

/** Stands for a folder of pictures that is not part of the project. */
const elsewhere = join(root, 'pictures')

/**
 * The run of an experiment with a seed, which also chooses the held-out side.
 * @throws Error with every problem of the experiment: the studies are part of the project, and have none
 */
export function specOf(experiment: string | Experiment, seed: number): RunSpec {
  const text =
    typeof experiment === 'string' ? readFileSync(join(root, experiment), 'utf8') : JSON.stringify(experiment)
  const { tree, problems } = parseExperiment(text)
  const resolution = resolveExperiment(tree, { folder: root, network: networkState })
  if (problems.length > 0 || resolution.kind === 'refused' || resolution.specs.length !== 1)
    throw new Error(
      [text, ...problems, ...(resolution.kind === 'refused' ? resolution.problems : [])]
        .map(problem => (typeof problem === 'string' ? problem : problem.message))
        .join('\n'),
    )
  const [{ spec }] = resolution.specs
  return { ...spec, seed, split: { ...spec.split, seed } }
}

/** The same settings have the same key on every machine, wherever the pictures lie. */
export function keyOf(spec: unknown): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12)
}

/** Came when figures were kept already. */
const later: readonly string[] = ['stretchClasses', 'warpClasses', 'joinClasses'] satisfies (keyof AugmentSpec)[]

/** Settings that came later count where they are used: figures from before stay as they are. */
export function withoutUnused(augment: AugmentSpec): Partial<AugmentSpec> {
  return Object.fromEntries(Object.entries(augment).filter(([name, value]) => value !== 0 || !later.includes(name)))
}

/** Where the pictures really are. */
export function placed(dataset: DatasetSpec, folder: string | null): DatasetSpec {
  return dataset.kind === 'folder' && dataset.path === elsewhere && folder !== null
    ? { kind: 'folder', path: folder }
    : dataset
}
