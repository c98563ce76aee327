/** Everything that a run works with, opened: pictures, split, network, engine, sampler. */
import type { RunSpec } from '../../protocol/runSpec.ts'
import { Random } from '../core/random.ts'
import { PkSampler } from '../core/samplers/pkSampler.ts'
import type { Sampler } from '../core/samplers/sampler.ts'
import { TripletSampler } from '../core/samplers/tripletSampler.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Dataset, Split } from './datasets/dataset.ts'
import { openDataset } from './datasets/open.ts'
import type { PackedDataset } from './datasets/packedDataset.ts'
import { splitDataset } from './datasets/split.ts'
import { type FileTriplets, readTripletFile } from './datasets/tripletFile.ts'
import { type AutoOptions, createEngine, engineKinds } from './engines/registry.ts'
import type { EngineOptions, TrainEngine } from './engines/trainEngine.ts'
import { createInputPipeline, type InputPipeline } from './inputPipeline.ts'
import { buildNetwork } from './models/build.ts'
import * as words from './words.ts'

export interface OpenRun {
  readonly spec: RunSpec
  readonly dataset: PackedDataset
  readonly split: Split
  readonly engine: TrainEngine
  readonly sampler: Sampler
  /** Where the triplets come from a file. */
  readonly triplets: FileTriplets | null
  /** Of pictures and triplets: a run goes on only where they are as they were. */
  readonly fingerprint: string
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

/** Whoever opened the run did not want it so. */
export class UnwantedError extends Error {
  override readonly name = 'UnwantedError'
}

export interface OpenOptions {
  /** Where the run stood, when it goes on: it stays on its engine, where the spec leaves the choice. */
  readonly before?: Checkpoint | null
  /** How engines are tried, where the spec leaves the choice. */
  readonly auto?: AutoOptions | undefined
  /** Threads that the engine may use; `null`: as many as it finds best. */
  readonly mostThreads?: number | null | undefined
  /** The engine of the run that this one is forked from, whose first batch is still to be set. */
  readonly forkedFrom?: string | null | undefined
  /** Whether to go on, asked before the engine is opened. */
  readonly isWanted?: (engine: EngineOptions) => Promise<boolean>
}

/**
 * @throws DatasetError, EngineError or RunError, whose messages are for people
 * @throws UnwantedError where `isWanted` says so
 */
export async function openRun(
  spec: RunSpec,
  workspace: string,
  { before = null, auto, mostThreads = null, forkedFrom = null, isWanted }: OpenOptions = {},
): Promise<OpenRun> {
  const dataset = await openDataset(spec.dataset, spec.image, { workspace })
  let input: InputPipeline | null = null
  try {
    const split = splitDataset(dataset, spec.split)
    const { mining } = spec
    const triplets =
      mining.strategy === 'offline' ? await readTripletFile(mining.file, spec.dataset, dataset, split) : null
    const fingerprint = triplets === null ? dataset.fingerprint : `${dataset.fingerprint}+${triplets.fingerprint}`
    if (before && before.loop.fingerprint !== fingerprint) throw new RunError(words.otherPictures())
    const sampler = triplets === null ? openSampler(spec, dataset, split) : tripletSampler(spec, triplets)
    const network = buildNetwork(spec.model, dataset.shape, spec.loss.normalize)
    const options = {
      network,
      optimizer: spec.optimizer,
      seed: spec.seed,
      clipNorm: spec.clipNorm,
      batchSize: sampler.batchSize,
      threads: null,
      mostThreads,
    }
    if (isWanted !== undefined && !(await isWanted(options))) throw new UnwantedError()
    input = createInputPipeline({ dataset, train: split.train, sampler, augment: spec.augment, seed: spec.seed })
    if (before) input.resume(before.sampler, before.loop.step)
    // The first batch is read while the engine starts.
    if (forkedFrom === null) input.prepare()
    const engine = await openEngine(spec.engine, before?.engineId ?? forkedFrom, options, auto)
    const pipeline = input
    const stepsPerEpoch = spec.stepsPerEpoch ?? sampler.batchesPerEpoch
    return {
      spec,
      dataset,
      split,
      engine,
      sampler,
      triplets,
      fingerprint,
      input: pipeline,
      stepsPerEpoch,
      steps: stepsPerEpoch * spec.epochs,
      close() {
        pipeline.close()
        engine.dispose()
        dataset.close()
      },
    }
  } catch (error) {
    input?.close()
    dataset.close()
    throw error
  }
}

async function openEngine(
  wanted: string,
  before: string | null,
  options: EngineOptions,
  auto: AutoOptions | undefined,
): Promise<TrainEngine> {
  if (wanted !== 'auto') return createEngine(wanted, options)
  // A run stays with the engine that it began on, or the last digits of its curve would change.
  if (before !== null && (await isUsable(before, options))) return createEngine(before, options)
  return createEngine('auto', options, auto)
}

async function isUsable(id: string, { network }: EngineOptions): Promise<boolean> {
  const kind = engineKinds.find(one => one.id === id)
  return kind !== undefined && (await kind.unusable(network)) === null
}

function tripletSampler({ mining, seed }: RunSpec, { positions }: FileTriplets): Sampler {
  const wanted = mining.strategy === 'offline' ? mining.triplets : 1
  // A file with fewer triplets than a batch gives all of them in each.
  const perBatch = Math.min(wanted, positions.length / 3)
  return new TripletSampler({ triplets: positions, perBatch, random: Random.fromSeed(seed).fork('sampler') })
}

function openSampler(spec: RunSpec, dataset: Dataset, split: Split): Sampler {
  const labels = split.train.map(index => dataset.labels[index])
  const { classes, samplesPerClass } = spec.batch
  try {
    return new PkSampler({ labels, classes, samplesPerClass, random: Random.fromSeed(spec.seed).fork('sampler') })
  } catch (error) {
    // The spec was checked before; what is left is a dataset with too few classes of two pictures or more.
    if (error instanceof RangeError) throw new RunError(words.tooFewClasses(classes), { cause: error })
    throw error
  }
}
