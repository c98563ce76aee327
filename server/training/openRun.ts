/** Everything that a run works with, opened: pictures, split, network, engine, sampler. */
import type { RunSpec } from '../../protocol/runSpec.ts'
import { Random } from '../core/random.ts'
import { PkSampler } from '../core/samplers/pkSampler.ts'
import type { Dataset, Split } from './datasets/dataset.ts'
import { openDataset } from './datasets/open.ts'
import { splitDataset } from './datasets/split.ts'
import { type AutoOptions, createEngine } from './engines/registry.ts'
import type { TrainEngine } from './engines/trainEngine.ts'
import { createInputPipeline, type InputPipeline } from './inputPipeline.ts'
import { buildNetwork } from './models/build.ts'

export interface OpenRun {
  readonly spec: RunSpec
  readonly dataset: Dataset
  readonly split: Split
  readonly engine: TrainEngine
  readonly sampler: PkSampler
  /** The training batches that the sampler draws, read and augmented. */
  readonly input: InputPipeline
  readonly stepsPerEpoch: number
  readonly steps: number
  close(): void
}

/** Something outside the program keeps the run from starting; the message is for people. */
export class RunError extends Error {
  override readonly name = 'RunError'
}

/**
 * @param engineId the engine that the run began on, where the spec leaves the choice
 * @param auto how the engine is chosen, where nothing else says it
 * @throws DatasetError, EngineError or RunError, whose messages are for people
 */
export async function openRun(
  spec: RunSpec,
  workspace: string,
  engineId: string | null,
  auto?: AutoOptions,
): Promise<OpenRun> {
  const dataset = await openDataset(spec.dataset, spec.image, { workspace })
  try {
    const split = splitDataset(dataset, spec.split)
    const sampler = openSampler(spec, dataset, split)
    const network = buildNetwork(spec.model, dataset.shape, spec.loss.normalize)
    const id = spec.engine === 'auto' ? (engineId ?? 'auto') : spec.engine
    const options = {
      network,
      optimizer: spec.optimizer,
      seed: spec.seed,
      clipNorm: spec.clipNorm,
      batchSize: sampler.batchSize,
      threads: null,
    }
    const engine = await createEngine(id, options, auto)
    const input = createInputPipeline({
      dataset,
      train: split.train,
      sampler,
      augment: spec.augment,
      seed: spec.seed,
    })
    const stepsPerEpoch = spec.stepsPerEpoch ?? sampler.batchesPerEpoch
    return {
      spec,
      dataset,
      split,
      engine,
      sampler,
      input,
      stepsPerEpoch,
      steps: stepsPerEpoch * spec.epochs,
      close() {
        input.close()
        engine.dispose()
        dataset.close()
      },
    }
  } catch (error) {
    dataset.close()
    throw error
  }
}

function openSampler(spec: RunSpec, dataset: Dataset, split: Split): PkSampler {
  const labels = split.train.map(index => dataset.labels[index])
  const { classes, samplesPerClass } = spec.batch
  try {
    return new PkSampler({ labels, classes, samplesPerClass, random: Random.fromSeed(spec.seed).fork('sampler') })
  } catch (error) {
    // The spec was checked before; what is left is a dataset with too few classes of two pictures or more.
    if (error instanceof RangeError) throw new RunError(error.message, { cause: error })
    throw error
  }
}
