import { performance } from 'node:perf_hooks'

export const mean = (values: Float32Array) => [performance.now(), values.length]
