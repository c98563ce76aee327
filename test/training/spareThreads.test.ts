import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { endSpares, startSpare, takeThread } from '../../server/training/spareThreads.ts'
import { temporaryFolder } from '../store/helpers.ts'

/** A thread that answers its first message with its own number and what it was told. */
function thread(source = ''): URL {
  const file = join(temporaryFolder(), 'thread.mjs')
  const answer = `parentPort.once('message', told => parentPort.postMessage({ threadId, told }))`
  writeFileSync(file, `import { parentPort, threadId } from 'node:worker_threads'\n${source}\n${answer}\n`)
  return pathToFileURL(file)
}

const answerOf = (worker: Worker) =>
  new Promise<unknown>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
const exitOf = (worker: Worker) => new Promise(resolve => worker.once('exit', resolve))

describe('a thread that is taken', () => {
  it('is the spare one, once, and gets its work as its first message', async () => {
    const file = thread()
    startSpare(file)
    startSpare(file)
    const one = takeThread(file, 'first')
    const other = takeThread(file, 'second')
    const [spare, fresh] = [one.threadId, other.threadId]
    expect(fresh).toBe(spare + 1)
    // Both are listened to from here: either may answer first.
    expect(await Promise.all([one, other].map(answerOf))).toEqual([
      { threadId: spare, told: 'first' },
      { threadId: fresh, told: 'second' },
    ])
  })

  it('is a new one where the spare one has failed, and says why that fails', async () => {
    const file = thread(`throw new Error('no such library')`)
    startSpare(file)
    await new Promise(resolve => setTimeout(resolve, 300))
    await expect(answerOf(takeThread(file, 'work'))).rejects.toThrow('no such library')
  })

  it('is a new one where the spare ones were ended', async () => {
    const file = thread()
    startSpare(file)
    await endSpares()
    const worker = takeThread(file, 'work')
    const ended = exitOf(worker)
    expect(await answerOf(worker)).toMatchObject({ told: 'work' })
    await ended
  })
})
