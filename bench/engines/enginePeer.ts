// One of our engines as a contender: `node enginePeer.ts ENGINE NETWORK MINER`.
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { createEngine } from '../../server/training/engines/registry.ts'
import type { Embeddings } from '../../server/training/engines/trainEngine.ts'
import { plainAdam } from '../../server/training/engines/optimizerRule.ts'
import { buildNetwork } from '../../server/training/models/build.ts'
import { takeTurns } from '../peer.ts'
import { batch, batchSize, margin, miners, networks, picture } from './workload.ts'

const [engineId, networkName, minerName] = process.argv.slice(2)
const network = buildNetwork(networks[networkName], picture, true)
const optimizer = plainAdam
const engine = await createEngine(engineId, { network, optimizer, seed: 1, clipNorm: null, batchSize, threads: null })
const objective = createObjective({
  loss: { margin, distance: 'euclidean', normalize: true, softMargin: false, swap: false, reducer: 'mean' },
  mining: miners[minerName],
  random: Random.fromSeed(1),
  maxBatch: batchSize,
  size: network.embeddingSize,
})
const { data: pictures, labels } = batch()
const gradientOf = ({ data, count, size, squaredDistances }: Embeddings): Float32Array =>
  objective.evaluate(data, count, size, labels, margin, squaredDistances).gradient
const step = (): Promise<number> => engine.step({ data: pictures, count: batchSize }, gradientOf, 1e-3)

await takeTurns(engine.id, step)
engine.dispose()
process.exit(0)
