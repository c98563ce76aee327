/** Facts of the embedded emoji, from their index. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { KnownFacts } from '../catalog/datasets.ts'
import { packageRoot } from '../training/datasets/packageRoot.ts'
import { factsOfCounts } from './factsOfCounts.ts'

const size = v.number()
const Index = v.object({
  shape: v.object({ height: size, width: size, channels: size }),
  /** Name, code points, group, and the vendors that drew it: one picture each. */
  classes: v.array(v.looseTuple([v.string(), v.string(), v.number(), v.array(v.number())])),
})

export async function emojiFacts(): Promise<KnownFacts> {
  const text = await readFile(join(packageRoot(), 'data', 'emoji', 'emoji.json'), 'utf8')
  const { shape, classes } = v.parse(Index, JSON.parse(text))
  return { ...factsOfCounts(classes.map(([, , , vendors]) => vendors.length)), shape }
}
