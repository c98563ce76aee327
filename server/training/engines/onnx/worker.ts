/** A thread of the engine, but for the first: it does its part of whatever the first one commands. */
import { parentPort } from 'node:worker_threads'
import { loadOrt } from './ort.ts'
import { Part, type PartOptions } from './part.ts'

/** The first message. */
export interface WorkerSetup {
  readonly options: PartOptions
  readonly memory: WebAssembly.Memory
  readonly rank: number
  readonly partBytes: number
}

const port = parentPort
if (port === null) throw new Error('worker runs as a thread')
// While it waits for its work.
const ort = loadOrt()
port.once('message', (setup: WorkerSetup) => work(setup))

function work({ options, memory, rank, partBytes }: WorkerSetup): void {
  const part = new Part(options, memory, ort, rank, partBytes)
  port?.postMessage('ready')
  try {
    for (;;) {
      if (part.team.stopped()) break
      const { command } = part.team
      if (command === 'embed') {
        part.forward(false)
        part.publish()
      }
      if (command === 'train') {
        part.forward(true)
        part.publish()
        part.team.barrier()
        part.measure()
        part.team.barrier()
        // The first thread mines the triplets meanwhile.
        part.prepare()
        part.team.barrier()
        if (part.team.command === 'train') {
          part.backward()
          part.update()
        }
      }
      part.team.barrier()
    }
  } catch (error) {
    part.team.fail()
    throw error
  } finally {
    part.dispose()
    part.team.leave()
  }
}
