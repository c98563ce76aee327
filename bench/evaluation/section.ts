/** Exact neighbours for MAP@R in large sets: with the engine's products, in plain JavaScript, and in PyTorch. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { hasPython } from '../compare.ts'
import type { BenchOptions } from '../options.ts'
import { printTable } from '../table.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const Answer = v.object({
  ms: v.number(),
  extraMegabytes: v.number(),
  peakMegabytes: v.number(),
  mapAtR: v.number(),
})

const queries = 10_000
const galleries = [10_000, 60_000]

export function benchEvaluation({ python }: BenchOptions): Promise<void> {
  const torch = hasPython(python, 'torch')
  const rows: string[][] = []
  for (const references of galleries) {
    const ask = (program: string, file: string, ...args: string[]): v.InferOutput<typeof Answer> => {
      const answer = execFileSync(program, [here(file), String(queries), String(references), ...args])
      return v.parse(Answer, JSON.parse(answer.toString('utf8')))
    }
    const own = ask(process.execPath, 'evaluationPeer.ts', 'products')
    const others: [string, v.InferOutput<typeof Answer>][] = [
      ['Triplet Lab, products', own],
      ['Triplet Lab, plain', ask(process.execPath, 'evaluationPeer.ts', 'plain')],
    ]
    if (torch) others.push(['PyTorch, matmul and topk', ask(python, 'torch_evaluation_peer.py')])
    for (const [label, { ms, extraMegabytes, peakMegabytes, mapAtR }] of others)
      rows.push([
        `${queries} × ${references}: ${label}`,
        (ms / 1000).toFixed(2),
        extraMegabytes.toFixed(0),
        peakMegabytes.toFixed(0),
        mapAtR.toFixed(4),
        (ms / own.ms).toFixed(2),
      ])
  }
  console.log('\nEvaluation: MAP@R by exact neighbours, 128 numbers each, 100 classes; PyTorch draws its own codes')
  printTable(['', 'seconds', 'MB more', 'peak MB', 'MAP@R', '× products'], rows)
  return Promise.resolve()
}
