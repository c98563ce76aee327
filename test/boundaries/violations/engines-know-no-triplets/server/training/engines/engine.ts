import { batchHard } from '../../core/miners/batchHard.ts'

export const engine = batchHard
