export const batchHard = 'batch-hard'
