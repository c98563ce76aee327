// From embeddings to triplets, loss and gradient: `node miningPeer.ts MINER BATCH core|naive`.
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { margin, miners } from '../engines/workload.ts'
import { takeTurns } from '../peer.ts'
import { clustered } from './embeddings.ts'
import { naiveObjective } from './naive.ts'

const [minerName, batch, way] = process.argv.slice(2)
const n = Number(batch)
const { embeddings, labels, size } = clustered(n)
if (way === 'naive') {
  await takeTurns('naive', () => naiveObjective(minerName, embeddings, labels, n, size, margin))
} else {
  const objective = createObjective({
    loss: { margin, distance: 'euclidean', normalize: true, softMargin: false, swap: false, reducer: 'mean' },
    mining: miners[minerName],
    random: Random.fromSeed(1),
    maxBatch: n,
    size,
  })
  await takeTurns('Triplet Lab', () => objective.evaluate(embeddings, n, size, labels))
}
