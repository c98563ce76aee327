/** The engines that there are, fastest first, and the choice between them. */
import * as l10n from '@vscode/l10n'
import { onnxKind } from './onnx/onnxEngine.ts'
import { tfjsCpu, tfjsWasm } from './tfjs/kinds.ts'
import type { EngineKind, EngineOptions, TrainEngine } from './trainEngine.ts'

export const engineKinds: readonly EngineKind[] = [onnxKind, tfjsWasm, tfjsCpu]

/** No engine can run this network here; the message is for people. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}

/**
 * @param id an engine's id, or `auto` for the first that can run this network on this machine
 * @throws EngineError when there is no such engine or it cannot run this network here: never another one in its place
 */
export async function createEngine(id: string, options: EngineOptions): Promise<TrainEngine> {
  const candidates = id === 'auto' ? engineKinds : engineKinds.filter(kind => kind.id === id)
  if (candidates.length === 0) {
    const known = engineKinds.map(kind => kind.id).join(', ')
    throw new EngineError(l10n.t('There is no engine {0}. There are: {1}, and auto.', id, known))
  }
  const reasons: string[] = []
  for (const kind of candidates) {
    const reason = await kind.unusable(options.network)
    if (reason === null) return kind.create(options)
    reasons.push(`${kind.id}: ${reason}`)
  }
  throw new EngineError(reasons.join(' '))
}
