/** Writes checkpoints beside the training. */
import { Worker } from 'node:worker_threads'
import { decodeWriteReply, type WriteRequest } from './checkpointMessages.ts'

export class CheckpointWriter {
  #thread: Worker | null = null
  #waiting: { readonly resolve: (took: number) => void; readonly reject: (error: Error) => void } | null = null

  /**
   * Only after the one before: a checkpoint at a time.
   * @param bytes handed over
   * @returns milliseconds that writing took; rejects when it could not be written
   */
  write(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const thread = (this.#thread ??= this.#start())
    return new Promise<number>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      thread.postMessage({ file, bytes } satisfies WriteRequest, [bytes.buffer])
    })
  }

  close(): void {
    void this.#thread?.terminate()
    this.#thread = null
  }

  #start(): Worker {
    const thread = new Worker(checkpointThread())
    thread.on('message', (message: unknown) => {
      const { took, error } = decodeWriteReply(message)
      if (error === null) this.#waiting?.resolve(took)
      else this.#waiting?.reject(new Error(error))
    })
    thread.on('error', error => this.#waiting?.reject(error instanceof Error ? error : new Error(String(error))))
    thread.on('exit', () => this.#waiting?.reject(new Error('The thread that writes checkpoints has ended')))
    return thread
  }
}

/** The thread's module: the source beside this one, or its bundle beside the bundle that this is part of. */
function checkpointThread(): URL {
  const file = import.meta.url.endsWith('.ts') ? './checkpointThread.ts' : './checkpointThread.cjs'
  return new URL(file, import.meta.url)
}
