import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'

/** The run of an experiment file, made long and never evaluated: only its steps are of interest. */
export function endless(file: string): RunSpec {
  const resolution = resolveExperiment(parseExperiment(readFileSync(file, 'utf8')).tree, {
    folder: dirname(resolve(file)),
  })
  if (resolution.kind === 'refused') throw new Error(`${file} was refused.`)
  const [{ spec }] = resolution.specs
  return { ...spec, engine: 'onnx-cpu', stepsPerEpoch: 1_000_000, schedule: { kind: 'constant', warmupSteps: 0 } }
}
