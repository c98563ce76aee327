import * as tf from '@tensorflow/tfjs-core'

export const zero = () => tf.scalar(0)
