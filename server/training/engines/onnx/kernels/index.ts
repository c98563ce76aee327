/**
 * The kernels that ONNX Runtime lacks, for four floats at a time. All of them work in one imported memory; addresses are
 * bytes, counts are floats. None allocates. Built by scripts/kernels/build.mjs.
 */
export * from './elementwise'
export * from './rectifiers'
export * from './transpose'
export * from './columns'
export * from './pooling'
export * from './optimizers'
export * from './unitSphere'
export * from './dropout'
export * from './normalization'
export * from './depthwise'
export { pack } from './products'
export * from './convolution'
export * from './channelRows'
export * from './winograd'
export * from './distances'
