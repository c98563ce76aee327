// Steps of an experiment and nothing else, no statistics, no store: `node barePeer.ts WORKLOAD`.
import { resolve } from 'node:path'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import type { Embeddings } from '../../server/training/engines/trainEngine.ts'
import { openRun } from '../../server/training/openRun.ts'
import { lessonOf } from '../../server/training/schedule.ts'
import { takeTurns } from '../peer.ts'
import { endless, workloadOf } from './spec.ts'

const [name] = process.argv.slice(2)
const spec = endless(workloadOf(name))
const run = await openRun(spec, resolve('.'))
const { input, engine, sampler } = run
const objective = createObjective({
  loss: spec.loss,
  mining: lessonOf(spec, 1).mining,
  random: Random.fromSeed(1),
  maxBatch: sampler.batchSize,
  size: spec.model.embeddingSize,
})
let waitedMs = 0
const step = async () => {
  const start = performance.now()
  const batch = await input.next()
  waitedMs += performance.now() - start
  const gradientOf = ({ data, count, size, squaredDistances }: Embeddings): Float32Array =>
    objective.evaluate(data, count, size, batch.labels, spec.loss.margin, squaredDistances).gradient
  await engine.step(batch, gradientOf, spec.optimizer.learningRate)
}
await takeTurns('bare steps', step, () => {
  const said = { waitedMs }
  waitedMs = 0
  return said
})
run.close()
process.exit(0)
