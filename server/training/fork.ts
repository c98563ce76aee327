/**
 * A run that goes on from another run's checkpoint, with settings of its own: a fork. The checkpoint is copied into the
 * fork's folder when it is queued, so that the other run may go on, or be removed.
 */
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { RunSpec } from '../../protocol/runSpec.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import type { EngineState } from './engines/trainEngine.ts'
import type { LoopState } from './loopState.ts'
import { type OpenRun, RunError } from './openRun.ts'
import * as words from './words.ts'

/** The two checkpoints that a run keeps: of its last step (or ten seconds before it) and of its best epoch. */
export const forkPoints = ['last', 'best'] as const
export type ForkPoint = (typeof forkPoints)[number]

const Origin = v.object({
  /** The run that the checkpoint is of. */
  runId: v.number(),
  /** Its settings, to tell what has changed. */
  spec: RunSpec,
})
export type ForkOrigin = v.InferOutput<typeof Origin>

/** Where a fork begins. */
export interface Fork {
  readonly origin: ForkOrigin
  readonly checkpoint: Checkpoint
}

const checkpointFile = (folder: string) => join(folder, 'fork.checkpoint')
const originFile = (folder: string) => join(folder, 'fork.json')

/** Writes into a new run's folder where it begins. @throws Error of the file system when there is no such checkpoint */
export function plantFork(
  folder: string,
  from: { readonly folder: string; readonly point: ForkPoint },
  origin: ForkOrigin,
): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(from.folder, `${from.point}.checkpoint`), checkpointFile(folder))
  writeFileSync(originFile(folder), JSON.stringify(origin))
  for (const file of [checkpointFile(folder), originFile(folder)]) onDisk(file)
}

/** A power cut after this leaves the file whole. */
function onDisk(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/**
 * @returns `null` for a run that begins on its own
 * @throws RunError when the checkpoint is damaged
 */
export async function readFork(folder: string): Promise<Fork | null> {
  const found = await readCheckpoint(checkpointFile(folder))
  if (found.kind === 'absent') return null
  if (found.kind === 'damaged') throw new RunError(words.damagedFork(found.reason))
  const origin = v.parse(Origin, JSON.parse(readFileSync(originFile(folder), 'utf8')))
  return { origin, checkpoint: found.checkpoint }
}

export interface ForkStart {
  readonly state: LoopState
  /** `null`: batches are drawn anew. */
  readonly sampler: Int32Array | null
  readonly engine: EngineState
}

/**
 * Where the fork's loop, sampler and network begin. Where nothing that decides the batches has changed it goes on in the
 * middle of an epoch, with the same batches: a fork without changes gives the same curve, bit for bit. Else it begins at
 * the last whole epoch, counted in its own steps. The network goes on as it was, and so does the optimizer unless it is
 * another one; the collapse watch, the best epoch and the patience begin anew, since they speak of this run.
 *
 * @param fresh what the run would begin from on its own
 * @throws RunError when the network is another one, or no epoch is left
 */
export function startOfFork(
  { origin, checkpoint }: Fork,
  run: Pick<OpenRun, 'spec' | 'dataset' | 'fingerprint' | 'stepsPerEpoch' | 'steps'>,
  fresh: { readonly state: LoopState; readonly engine: EngineState },
): ForkStart {
  const { spec } = run
  const before = checkpoint.loop
  const samePictures = before.fingerprint.split('+', 1)[0] === run.dataset.fingerprint
  const sameBatches = before.fingerprint === run.fingerprint && drawsOf(spec) === drawsOf(origin.spec)
  const step = sameBatches ? before.step : before.epochsClosed * run.stepsPerEpoch
  if (step >= run.steps) throw new RunError(words.nothingLeft(before.epochsClosed, spec.epochs))
  const state: LoopState = {
    ...fresh.state,
    step,
    epochsClosed: before.epochsClosed,
    untrainedEvaluated: true,
    ...(same(spec.schedule, origin.spec.schedule) && { plateau: before.plateau }),
    ...(samePictures && { hardEpochs: before.hardEpochs }),
    ...(sameBatches && { minerRandom: before.minerRandom, epochLoss: before.epochLoss, hardest: before.hardest }),
  }
  return {
    state,
    sampler: sameBatches ? checkpoint.sampler : null,
    engine: carriedOver(checkpoint.engine, fresh.engine, spec.optimizer.name === origin.spec.optimizer.name),
  }
}

/** What decides which pictures a step sees, as text. */
const drawsOf = ({ dataset, image, split, batch, mining, stepsPerEpoch, seed }: RunSpec) =>
  JSON.stringify([dataset, image, split, batch, mining.strategy === 'offline' ? mining : null, stepsPerEpoch, seed])

const same = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other)

/** The memory of an optimizer: see models/weights. */
const isOptimizers = (name: string) => name.startsWith('optimizer/') || /\/(m|v|velocity)$/.test(name)

/** @throws RunError when a weight has no counterpart of its size */
function carriedOver(before: EngineState, fresh: EngineState, withOptimizer: boolean): EngineState {
  return new Map(
    [...fresh].map(([name, tensor]) => {
      if (isOptimizers(name) && !withOptimizer) return [name, tensor]
      const found = before.get(name)
      if (found?.shape.join() !== tensor.shape.join()) throw new RunError(words.otherNetwork(name))
      return [name, found]
    }),
  )
}
