/** Results as runs leave them: the real store, without the hours of training. */
import { join } from 'node:path'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { serverLockFile } from '../../server/store/layout.ts'
import { takeLock } from '../../server/store/lock.ts'
import { openStore } from '../../server/store/store.ts'

/** Stores the runs that a file asks for, each with the MAP@R that it reached. */
export function fillStore(workspace: string, experiment: string, text: string, reached: readonly number[]): void {
  const resolution = resolveExperiment(parseExperiment(text).tree, { folder: workspace })
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  const opened = openStore(join(workspace, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  const { store } = opened
  // As if a training server were up, or one would be started for what is queued here for a moment.
  const lock = takeLock(serverLockFile(store.dir))
  const ids = store.queueRuns(resolution.specs.map(({ spec, name }) => ({ name, experiment, spec })))
  store.transaction(() => {
    for (const [i, id] of ids.entries()) {
      store.appendPoints(id, [
        { metric: 'test/mapAtR', steps: [30], values: [reached[i]], times: [1] },
        { metric: 'imagesPerSecond', steps: [30], values: [1_000], times: [1] },
      ])
      store.setProgress(id, { engine: 'onnx-cpu', epoch: 10, step: 30 })
      store.setStatus(id, 'done')
    }
  })
  store.close()
  lock?.release()
}
