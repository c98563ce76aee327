/** TF.js as a value that is passed around: the package bundled with us, or the one that somebody installed. */
import type * as tfjs from '@tensorflow/tfjs-core'

export type Tf = typeof tfjs
export type Tensor = tfjs.Tensor
