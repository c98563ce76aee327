import { mean } from '../../server/core/mean.ts'

export const shown = mean(new Float32Array(1))
