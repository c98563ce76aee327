/** Writes a run as a fast trainer would: `node streamer.ts WORKSPACE STEPS_PER_SECOND SECONDS`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '../../server/store/lock.ts'
import { trainerLockFile } from '../../server/store/layout.ts'
import { metrics, newRun, value } from './million.ts'

const [folder = '.', perSecond = '1000', seconds = '10'] = process.argv.slice(2)
const { store, runId } = newRun(folder, 'live.triplet.json')
// As far as anybody can tell this is the run's trainer.
const lock = takeLock(trainerLockFile(store.dir, runId))
store.setStatus(runId, 'running')
store.setProgress(runId, { steps: Number(perSecond) * Number(seconds), engine: 'onnx-cpu' })
// A run that is left as running is taken up by the next training server, and would train beside what is measured next.
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const start = performance.now()
for (let step = 0; !stop.signal.aborted && performance.now() - start < Number(seconds) * 1000;) {
  await sleep(120)
  const due = Math.floor(((performance.now() - start) / 1000) * Number(perSecond))
  const all = Array.from({ length: due - step }, (_, i) => step + i + 1)
  const times = all.map(() => Date.now())
  store.appendPoints(
    runId,
    metrics.map((metric, m) => ({ metric, steps: all, values: all.map(one => value(one, m)), times })),
  )
  step = due
  store.setProgress(runId, { step })
}
store.setStatus(runId, 'done')
lock?.release()
store.close()
