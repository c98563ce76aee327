export const mean = (values: Float32Array) => values.length
