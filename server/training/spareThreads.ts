/**
 * Threads take longer to come up than a dataset takes to open. So those that a run is likely to need are started first,
 * before it is known what exactly they are to do: that comes as their first message.
 */
import { Worker } from 'node:worker_threads'

/** Up or coming up, and still without work, by the file that they run. */
const spares = new Map<string, Worker>()

/** Starts a thread for whoever takes one of this file later. */
export function startSpare(file: URL): void {
  if (spares.has(file.href)) return
  const worker = new Worker(file)
  // One that fails before it has work is not missed: whoever needs one starts another, and hears why that fails.
  worker.on('error', () => forget(file, worker))
  worker.on('exit', () => forget(file, worker))
  worker.unref()
  spares.set(file.href, worker)
}

/** A thread that runs a file: the spare one, or a new one. */
export function takeThread(file: URL, setup: unknown): Worker {
  const worker = spares.get(file.href) ?? new Worker(file)
  spares.delete(file.href)
  worker.removeAllListeners('error')
  worker.removeAllListeners('exit')
  worker.ref()
  worker.postMessage(setup)
  return worker
}

/** What nobody has taken by now is not needed. */
export async function endSpares(): Promise<void> {
  const idle = [...spares.values()]
  spares.clear()
  await Promise.all(idle.map(worker => worker.terminate()))
}

function forget(file: URL, worker: Worker): void {
  if (spares.get(file.href) === worker) spares.delete(file.href)
}
