/** A thread that reads and augments batches, one message each, so that the training loop never waits for pictures. */
import { parentPort, type MessagePort } from 'node:worker_threads'
import { Augmenter } from './augment.ts'
import { PixelReader } from './datasets/pixels.ts'
import { decodeInputSetup, decodeInputRequest, type InputReply } from './inputMessages.ts'

const port = parentPort
if (port === null) throw new Error('inputWorker runs as a thread')

port.once('message', (setup: unknown) => {
  const { pixels, count, shape, augment, seed } = decodeInputSetup(setup)
  const reader = new PixelReader(pixels, count, shape)
  const augmenter = new Augmenter(augment, shape, seed)
  port.on('message', (message: unknown) => fill(port, reader, augmenter, message))
})

function fill(port: MessagePort, reader: PixelReader, augmenter: Augmenter, message: unknown): void {
  const { step, indices, labels, data } = decodeInputRequest(message)
  reader.read(indices, data).then(
    () => {
      augmenter.apply(data, indices.length, labels, step)
      port.postMessage({ step, indices, labels, data, error: null } satisfies InputReply, [
        indices.buffer,
        labels.buffer,
        data.buffer,
      ])
    },
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      port.postMessage({ step, indices, labels, data, error: reason } satisfies InputReply)
    },
  )
}
