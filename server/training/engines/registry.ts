/** The engines that there are, and opening one of them. */
import * as l10n from '@vscode/l10n'
import { chooseEngine, type ChooseOptions, describeChoice, describeTrial } from './choose.ts'
import { onnxKind } from './onnx/onnxEngine.ts'
import { tfjsCpu, tfjsNode, tfjsNodeGpu, tfjsWasm } from './tfjs/kinds.ts'
import type { EngineKind, EngineOptions, TrainEngine } from './trainEngine.ts'

/** Usually the fastest first: the order in which they are taken when none has been timed. */
export const engineKinds: readonly EngineKind[] = [tfjsNodeGpu, onnxKind, tfjsNode, tfjsWasm, tfjsCpu]

/** No engine can run this network here; the message is for people. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}

export interface AutoOptions extends ChooseOptions {
  /** Told of a choice, in a sentence, for the run's record. */
  readonly onChoice?: (sentence: string) => void
}

/**
 * @param id an engine's id; or `auto`: the fastest that is right, as `chooseEngine` knows or finds out, and where it does
 *   not, the first that can run this network
 * @throws EngineError when there is no such engine or it cannot run this network here: never another one in its place
 */
export async function createEngine(id: string, options: EngineOptions, auto?: AutoOptions): Promise<TrainEngine> {
  if (id !== 'auto') return createNamed(id, options)
  const choice = auto ? await chooseEngine(engineKinds, options, auto) : null
  if (!choice) return createFirst(options)
  const sentence = describeChoice(choice)
  if (choice.engine === null) throw new EngineError(sentence)
  auto?.onChoice?.(sentence)
  return createNamed(choice.engine, options)
}

async function createNamed(id: string, options: EngineOptions): Promise<TrainEngine> {
  const kind = engineKinds.find(one => one.id === id)
  if (!kind) {
    const known = engineKinds.map(one => one.id).join(', ')
    throw new EngineError(l10n.t('There is no engine {0}. There are: {1}, and auto.', id, known))
  }
  const reason = await kind.unusable(options.network)
  if (reason !== null) throw new EngineError(`${id}: ${reason}`)
  return kind.create(options)
}

async function createFirst(options: EngineOptions): Promise<TrainEngine> {
  const reasons: string[] = []
  for (const kind of engineKinds) {
    const reason = await kind.unusable(options.network)
    if (reason === null) return kind.create(options)
    reasons.push(describeTrial({ engine: kind.id, result: { kind: 'unusable', message: reason } }) ?? kind.id)
  }
  throw new EngineError(reasons.join(' '))
}
