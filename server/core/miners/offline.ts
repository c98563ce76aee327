import type { Miner } from './miner.ts'

/**
 * No mining: the batch is made of triplets that were chosen before training, anchor, positive and negative of each in rows
 * 3i, 3i + 1 and 3i + 2, and these are taken. What the labels say plays no part. Offline mining of Schroff et al. 2015,
 * FaceNet, §3.2 (arXiv:1503.03832).
 */
export function offline(): Miner {
  const chosen = new Int32Array(1)
  return {
    mine(batch, _margin, sink) {
      for (let row = 0; row + 2 < batch.count; row += 3) {
        chosen[0] = row + 2
        sink.add(row, row + 1, chosen, 1)
      }
    },
  }
}
