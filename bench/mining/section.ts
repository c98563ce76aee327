/** From embeddings to triplets, loss and gradient, beside three plain loops and PyTorch. */
import { fileURLToPath } from 'node:url'
import { compare, hasPython } from '../compare.ts'
import { Contender } from '../contender.ts'
import { miners } from '../engines/workload.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const batches = [128, 512, 2048]

export async function benchMining(options: BenchOptions): Promise<void> {
  const torch = hasPython(options.python, 'torch')
  const rows: string[][] = []
  for (const miner of Object.keys(miners))
    for (const batch of batches) {
      const args = [miner, String(batch)]
      const started = [
        await Contender.start(process.execPath, [here('miningPeer.ts'), ...args, 'core']),
        await Contender.start(process.execPath, [here('miningPeer.ts'), ...args, 'naive']),
        torch ? await Contender.start(options.python, [here('torch_mining_peer.py'), ...args]) : null,
      ]
      // One turn of the slowest is one step, whatever the turn's length.
      const results = await compare(
        started.filter(one => one !== null),
        { rounds: Math.min(3, options.rounds), seconds: options.seconds / 4 },
      )
      const [own, naive] = results
      const peer = results.at(2)
      rows.push([
        `${miner}, B = ${batch}`,
        own.ms.toFixed(2),
        naive.ms.toFixed(2),
        peer?.ms.toFixed(2) ?? '',
        (naive.ms / own.ms).toFixed(1),
        peer ? (peer.ms / own.ms).toFixed(1) : '',
      ])
    }
  console.log('\nMining: distances, triplets, loss and gradient of a batch of 64 numbers each, 8 of a class; ms')
  printTable(['', 'Triplet Lab', 'naive', 'PyTorch', '× naive', '× PyTorch'], rows)
}
