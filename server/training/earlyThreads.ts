/** Which threads a run is likely to need, known before anything is opened. */
import { availableParallelism } from 'node:os'
import type { AugmentSpec, RunSpec } from '../../protocol/runSpec.ts'
import { crewThread } from './engines/onnx/crew.ts'
import { onnxKind } from './engines/onnx/onnxEngine.ts'
import { inputThread } from './inputPipeline.ts'
import { startSpare } from './spareThreads.ts'

/** @param mostThreads that the run's engine may use; `null`: as many as it finds best */
export function startEarlyThreads({ engine, augment }: RunSpec, mostThreads: number | null): void {
  const most = Math.min(availableParallelism(), mostThreads ?? Infinity)
  // One: how many more there will be depends on the network.
  if (most > 1 && (engine === 'auto' || engine === onnxKind.id)) startSpare(crewThread())
  if (changes(augment)) startSpare(inputThread())
}

const changes = (augment: AugmentSpec): boolean => Object.values(augment).some(value => value !== false && value !== 0)
