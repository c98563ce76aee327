/**
 * A thread that writes checkpoints: forcing a file to the disk takes as long as some steps, and a loop that computes would
 * not come to begin the next of the calls that it takes.
 */
import { parentPort } from 'node:worker_threads'
import { writeCheckpoint } from './checkpoint.ts'
import { decodeWriteRequest, type WriteReply } from './checkpointMessages.ts'

const port = parentPort
if (port === null) throw new Error('checkpointThread runs as a thread')

port.on('message', (message: unknown) => {
  const { file, bytes } = decodeWriteRequest(message)
  const start = performance.now()
  writeCheckpoint(file, bytes).then(
    () => port.postMessage({ took: performance.now() - start, error: null } satisfies WriteReply),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      port.postMessage({ took: performance.now() - start, error: reason } satisfies WriteReply)
    },
  )
})
