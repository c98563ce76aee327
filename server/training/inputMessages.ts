/** What the training loop and its input threads say to each other. Arrays are handed over, not copied. */
import * as v from 'valibot'
import { AugmentSpec } from '../../protocol/runSpec.ts'

const floats = v.instance(Float32Array<ArrayBuffer>)
const indices = v.instance(Int32Array<ArrayBuffer>)
const whole = v.pipe(v.number(), v.integer())

const InputSetup = v.object({
  pixels: v.intersect([
    v.object({ type: v.picklist(['uint8', 'float32']), channels: whole }),
    v.variant('kind', [
      v.object({ kind: v.literal('memory'), bytes: v.instance(Uint8Array<SharedArrayBuffer>) }),
      v.object({ kind: v.literal('file'), path: v.string(), offset: whole }),
    ]),
  ]),
  count: whole,
  shape: v.object({ height: whole, width: whole, channels: whole }),
  augment: AugmentSpec,
  seed: whole,
})
/** The first message that a thread gets. */
export type InputSetup = v.InferOutput<typeof InputSetup>

const InputRequest = v.object({ step: whole, indices, labels: indices, data: floats })
/** Loop → thread: fill `data` with these pictures, as step `step` is to see them. */
export type InputRequest = v.InferOutput<typeof InputRequest>

const InputReply = v.object({ step: whole, indices, labels: indices, data: floats, error: v.nullable(v.string()) })
/** Thread → loop. */
export type InputReply = v.InferOutput<typeof InputReply>

export const decodeInputSetup = (message: unknown): InputSetup => v.parse(InputSetup, message)
export const decodeInputRequest = (message: unknown): InputRequest => v.parse(InputRequest, message)
export const decodeInputReply = (message: unknown): InputReply => v.parse(InputReply, message)
