import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { batchSize, networks } from '../engines/workload.ts'

/** What is trained: two of the examples, and MNIST with the quickest network and half the batch, where every microsecond counts. */
export const workloads = ['emoji', 'mnist', 'mlp'] as const
export type Workload = (typeof workloads)[number]

/** The one that a peer was started with. */
export function workloadOf(name: string | undefined): Workload {
  const workload = workloads.find(one => one === name)
  if (workload === undefined) throw new Error(`There is no workload ${name ?? ''}: ${workloads.join(', ')}.`)
  return workload
}

/** The run of a workload, made long and never evaluated: only its steps are of interest. */
export function endless(workload: Workload): RunSpec {
  const file = `examples/${workload === 'emoji' ? 'emoji' : 'mnist'}.triplet.json`
  const resolution = resolveExperiment(parseExperiment(readFileSync(file, 'utf8')).tree, {
    folder: dirname(resolve(file)),
  })
  if (resolution.kind === 'refused') throw new Error(`${file} was refused.`)
  const [{ spec }] = resolution.specs
  return {
    ...spec,
    ...(workload === 'mlp' && {
      model: networks['mlp'],
      loss: { ...spec.loss, distance: 'squared-euclidean' },
      mining: { strategy: 'semi-hard', fallback: 'farthest' } as const,
      batch: { classes: 8, samplesPerClass: batchSize / 8 },
    }),
    // Where nothing is held out, nothing is evaluated before the first turn.
    split: { ...spec.split, test: 0 },
    engine: 'onnx-cpu',
    stepsPerEpoch: 1_000_000,
    schedule: { kind: 'constant', warmupSteps: 0 },
  }
}
