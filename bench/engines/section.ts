/** Engines × networks × miners: how fast a training step is, beside PyTorch where it is installed. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { engineKinds } from '../../server/training/engines/registry.ts'
import { buildNetwork } from '../../server/training/models/build.ts'
import { Contender } from '../contender.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'
import { batchSize, miners, networks, picture } from './workload.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export async function benchEngines(options: BenchOptions): Promise<void> {
  const kept = (name: string, kind: readonly string[]): boolean => {
    const filters = options.only.filter(filter => kind.some(one => one.includes(filter)))
    return filters.length === 0 || filters.some(filter => name.includes(filter))
  }
  const torch = hasTorch(options.python) && kept('torch', [...engineKinds.map(kind => kind.id), 'torch'])
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
      await compare(contenders, options)
    }
  }
}

async function compare(contenders: readonly Contender[], { rounds, seconds }: BenchOptions): Promise<void> {
  const steps = contenders.map((): number[] => [])
  const medians = contenders.map((): number[] => [])
  const peaks = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const turn = await contender.turn(seconds)
      steps[i].push(...turn.steps)
      medians[i].push(median(turn.steps))
      peaks[i] = Math.max(peaks[i], turn.peakMegabytes)
    }
  }
  await Promise.all(contenders.map(contender => contender.stop()))
  const torch = contenders.findIndex(({ label }) => label.startsWith('PyTorch'))
  printTable(
    ['engine', 'ms/step', 'best', 'steps/s', 'images/s', 'peak MB', 'first step ms', '× PyTorch', 'at best'],
    contenders.map(({ label, firstStepMs }, i) => {
      const middle = median(steps[i])
      const best = Math.min(...steps[i])
      // Turn against turn, so that a busy moment counts for both.
      const ratio = torch < 0 ? NaN : median(medians[i].map((own, round) => medians[torch][round] / own))
      const atBest = torch < 0 ? NaN : Math.min(...steps[torch]) / best
      return [
        label,
        middle.toFixed(2),
        best.toFixed(2),
        (1000 / middle).toFixed(1),
        ((1000 / middle) * batchSize).toFixed(0),
        peaks[i].toFixed(0),
        firstStepMs.toFixed(0),
        Number.isNaN(ratio) ? '' : ratio.toFixed(2),
        Number.isNaN(atBest) ? '' : atBest.toFixed(2),
      ]
    }),
  )
}

function hasTorch(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
