/** Engines × networks × miners: how fast a training step is, beside PyTorch where it is installed. */
import { fileURLToPath } from 'node:url'
import { engineKinds } from '../../server/training/engines/registry.ts'
import { buildNetwork } from '../../server/training/models/build.ts'
import { compare, hasPython, type Result } from '../compare.ts'
import { Contender } from '../contender.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'
import { batchSize, miners, networks, picture } from './workload.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export async function benchEngines(options: BenchOptions): Promise<void> {
  const kept = (name: string, kind: readonly string[]): boolean => {
    const filters = options.only.filter(filter => kind.some(one => one.includes(filter)))
    return filters.length === 0 || filters.some(filter => name.includes(filter))
  }
  const torch = hasPython(options.python, 'torch') && kept('torch', [...engineKinds.map(kind => kind.id), 'torch'])
  if (!torch) console.log(`Without PyTorch: ${options.python} cannot import torch, or it is left out.`)
  for (const networkName of Object.keys(networks).filter(name => kept(name, Object.keys(networks)))) {
    for (const minerName of Object.keys(miners).filter(name => kept(name, Object.keys(miners)))) {
      const contenders: Contender[] = []
      const enter = async (command: string, ...args: string[]): Promise<void> => {
        const contender = await Contender.start(command, [...args, networkName, minerName])
        if (contender) contenders.push(contender)
        else console.log(`${args.join(' ')} did not start.`)
      }
      const network = buildNetwork(networks[networkName], picture, true)
      for (const kind of engineKinds.filter(kind => kept(kind.id, [...engineKinds.map(one => one.id), 'torch']))) {
        if ((await kind.unusable(network)) === null) await enter(process.execPath, here('enginePeer.ts'), kind.id)
      }
      if (torch) await enter(options.python, here('torch_peer.py'))
      console.log(`\n${networkName}, ${minerName}, batch ${batchSize}`)
      printSpeeds(await compare(contenders, options))
    }
  }
}

function printSpeeds(results: readonly Result[]): void {
  const torch = results.find(({ label }) => label.startsWith('PyTorch'))
  printTable(
    ['engine', 'ms/step', 'best', 'steps/s', 'images/s', 'peak MB', 'first step ms', '× PyTorch', 'at best'],
    results.map(({ label, firstStepMs, ms, bestMs, peakMegabytes, ratio }) => [
      label,
      ms.toFixed(2),
      bestMs.toFixed(2),
      (1000 / ms).toFixed(1),
      ((1000 / ms) * batchSize).toFixed(0),
      peakMegabytes.toFixed(0),
      firstStepMs.toFixed(0),
      torch ? ratio.toFixed(2) : '',
      torch ? (torch.bestMs / bestMs).toFixed(2) : '',
    ]),
  )
}
