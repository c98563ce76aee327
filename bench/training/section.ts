/** What statistics, checkpoints and tracking cost, and how long an epoch takes beside PyTorch. */
import { fileURLToPath } from 'node:url'
import { compare, hasPython } from '../compare.ts'
import { Contender } from '../contender.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'
import { workloads } from './spec.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
/** A run writes one this often while its epochs are long, in milliseconds. */
const checkpointInterval = 10_000
/** 60,000 pictures in batches of 256. */
const stepsOfAnEpoch = Math.round(60_000 / 256)

export async function benchTracking({ rounds, seconds, only }: BenchOptions): Promise<void> {
  const rows: string[][] = []
  for (const workload of workloads.filter(one => only.length === 0 || only.some(text => one.includes(text)))) {
    const contenders = [
      await Contender.start(process.execPath, [here('runPeer.ts'), workload]),
      await Contender.start(process.execPath, [here('barePeer.ts'), workload]),
    ].filter(one => one !== null)
    // Long enough for many flushes of the store, which come every 120 ms.
    const [run, bare] = await compare(contenders, { rounds, seconds: Math.max(3, 3 * seconds) })
    const steps = 1 - bare.meanMs / run.meanMs
    const checkpoints = run.saveMs / checkpointInterval
    rows.push([
      workload,
      bare.meanMs.toFixed(2),
      run.meanMs.toFixed(2),
      `${(100 * (1 - run.ratio)).toFixed(1)} %`,
      `${(100 * steps).toFixed(1)} %`,
      `${(100 * run.spent).toFixed(2)} %`,
      run.saveMs.toFixed(0),
      `${(100 * checkpoints).toFixed(2)} %`,
      `${(100 * bare.waiting).toFixed(2)} %`,
    ])
  }
  console.log(
    '\nStatistics, tracking and checkpoints: share of the time of a step, beside the bare engine, and counted call by call; ms',
  )
  printTable(
    ['', 'bare', 'run', 'share, median', 'share, mean', 'counted', 'checkpoint', 'every 10 s', 'waits for pictures'],
    rows,
  )
}

export async function benchEpoch({ rounds, seconds, python }: BenchOptions): Promise<void> {
  const torch = hasPython(python, 'torch')
  const contenders = [
    await Contender.start(process.execPath, [here('runPeer.ts'), 'mnist']),
    torch ? await Contender.start(python, [here('torch_mnist_peer.py')]) : null,
  ].filter(one => one !== null)
  const results = await compare(contenders, { rounds, seconds: Math.max(3, 3 * seconds) })
  console.log(`\nThe MNIST recipe: an epoch of ${stepsOfAnEpoch} steps of 256 pictures, evaluation apart`)
  printTable(
    ['', 'ms/step', 'seconds an epoch', 'peak MB', torch ? '× PyTorch' : ''],
    results.map(({ label, ms, meanMs, peakMegabytes, ratio }) => [
      label,
      ms.toFixed(1),
      ((meanMs * stepsOfAnEpoch) / 1000).toFixed(1),
      peakMegabytes.toFixed(0),
      torch ? ratio.toFixed(2) : '',
    ]),
  )
}
