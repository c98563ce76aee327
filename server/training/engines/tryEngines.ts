/** Trying all engines of this machine, for `triplet-lab doctor`. */
import * as l10n from '@vscode/l10n'
import { buildNetwork } from '../models/build.ts'
import { chooseEngine, describeTrial, type ChooseOptions, type EngineChoice } from './choose.ts'
import { plainAdam } from './optimizerRule.ts'
import { engineKinds } from './registry.ts'

/** The emoji example's network and batch: what most people train first. */
const shape = { height: 32, width: 32, channels: 3 }
const batchSize = 128

export async function tryEngines(options: ChooseOptions): Promise<EngineChoice> {
  const network = buildNetwork(
    { architecture: 'conv', embeddingSize: 64, filters: [32, 64, 128], batchNorm: true, dropout: 0 },
    shape,
    true,
  )
  const work = { network, optimizer: plainAdam, seed: 1, clipNorm: null, batchSize, threads: null }
  return (
    (await chooseEngine(engineKinds, work, { ...options, fresh: true, thorough: true })) ?? { engine: null, trials: [] }
  )
}

/** A line for each engine, the chosen one first. */
export function describeEngines({ engine, trials }: EngineChoice): string[] {
  const chosen = trials.filter(trial => trial.engine === engine)
  const others = trials.filter(trial => trial.engine !== engine)
  return [...chosen, ...others].map(trial => {
    const mark = trial.engine === engine ? '✓' : ' '
    return `${mark} ${describeTrial(trial) ?? l10n.t('{0} was not tried: it is slower than the others.', trial.engine)}`
  })
}
