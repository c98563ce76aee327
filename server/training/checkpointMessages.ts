/** What the training loop and the thread that writes its checkpoints say to each other. */
import * as v from 'valibot'

const WriteRequest = v.object({ file: v.string(), bytes: v.instance(Uint8Array<ArrayBuffer>) })
/** Loop → thread; one at a time. The bytes are handed over, not copied. */
export type WriteRequest = v.InferOutput<typeof WriteRequest>

const WriteReply = v.object({
  /** Milliseconds. */
  took: v.number(),
  error: v.nullable(v.string()),
})
/** Thread → loop: it is on the disk, or why it is not. */
export type WriteReply = v.InferOutput<typeof WriteReply>

export const decodeWriteRequest = (message: unknown): WriteRequest => v.parse(WriteRequest, message)
export const decodeWriteReply = (message: unknown): WriteReply => v.parse(WriteReply, message)
