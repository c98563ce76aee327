/** Everything around an experiment file that decides whether it is right, read at once: for the command line. */
import { engineIds } from './catalog/engines.ts'
import { readFacts } from './datasetFacts/readFacts.ts'
import type { DatasetState, ExperimentContext } from './experiment/context.ts'
import type { ExperimentTree } from './experiment/tree.ts'
import { findAll } from './experiment/validate.ts'
import { networkState } from './networkState.ts'
import type { DatasetSpec } from '../protocol/runSpec.ts'

/**
 * @param tree names the datasets that are looked at
 * @param folder absolute path of the file's folder
 */
export async function surroundingsOf(tree: ExperimentTree, folder: string): Promise<ExperimentContext> {
  const asked = new Map<string, DatasetSpec>()
  const known = new Map<string, DatasetState>()
  const key = (dataset: DatasetSpec) => JSON.stringify(dataset)
  const context: ExperimentContext = {
    folder,
    network: networkState,
    engines: engineIds,
    dataset: dataset => {
      asked.set(key(dataset), dataset)
      return known.get(key(dataset))
    },
  }
  // A first look asks for the datasets of all runs; their facts are then there for whoever looks next.
  findAll(tree, context)
  await Promise.all([...asked].map(async ([id, dataset]) => known.set(id, await readFacts(dataset, true))))
  return context
}
