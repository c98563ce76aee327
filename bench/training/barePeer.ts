// Steps of an experiment and nothing else, no statistics, no store: `node barePeer.ts FILE`.
import { resolve } from 'node:path'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { openRun } from '../../server/training/openRun.ts'
import { lessonOf } from '../../server/training/schedule.ts'
import { takeTurns } from '../peer.ts'
import { endless } from './spec.ts'

const [file] = process.argv.slice(2)
const spec = endless(file)
const run = await openRun(spec, resolve('.'), null)
const { input, engine, sampler } = run
const objective = createObjective({
  loss: spec.loss,
  mining: lessonOf(spec, 1).mining,
  random: Random.fromSeed(1),
  maxBatch: sampler.batchSize,
  size: spec.model.embeddingSize,
})
await takeTurns('bare steps', async () => {
  const batch = await input.next()
  const gradientOf = ({ data, count, size }: { data: Float32Array; count: number; size: number }): Float32Array =>
    objective.evaluate(data, count, size, batch.labels, spec.loss.margin).gradient
  await engine.step(batch, gradientOf, spec.optimizer.learningRate)
})
run.close()
process.exit(0)
