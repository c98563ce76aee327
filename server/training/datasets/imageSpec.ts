import type * as v from 'valibot'
import type { ImageSpec as schema } from '../../../protocol/runSpec.ts'

/** How every picture is brought to one size. `size`: side of a square in pixels; `null`: as the first picture is. */
export type ImageSpec = v.InferOutput<typeof schema>
