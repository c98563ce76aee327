import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { DatasetError } from '../../../server/training/datasets/datasetError.ts'
import { datasetFacts } from '../../../server/training/datasets/facts.ts'
import { fashionClasses, findFashion } from '../../../server/training/datasets/fashionMnist.ts'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { fixtures, temporaryFolder } from './temporary.ts'

const workspace = temporaryFolder()
const at = (name: string): string => join(fixtures, name)

const specs: readonly DatasetSpec[] = [
  { kind: 'emoji' },
  { kind: 'mnist' },
  { kind: 'npz', path: at('plain.npz') },
  { kind: 'npz', path: at('split.npz') },
  { kind: 'npz', path: at('features.npy') },
  { kind: 'parquet', path: at('faces') },
]

describe('datasetFacts', () => {
  it.each(specs)('says of $kind $path what opening it shows', async spec => {
    const facts = await datasetFacts(spec, workspace)
    const dataset = await openDataset(spec, { size: null, channels: null }, { workspace })
    expect(facts.images).toBe(dataset.labels.length)
    expect(facts.classes).toBe(dataset.classNames.length)
    const sizes = dataset.classNames.map((_, label) => dataset.labels.filter(one => one === label).length)
    expect(facts.smallestClass).toBe(Math.min(...sizes))
    if (facts.shape) expect(facts.shape).toEqual(dataset.shape)
    expect(facts.hasGivenSplit).toBe(dataset.given !== null)
    expect(facts.givenTraining).toBe(dataset.given && dataset.given.filter(side => side === 0).length)
    expect(facts.largestClass).toBe(Math.max(...sizes))
    dataset.close()
  })

  it('counts what is listed, before anything is decoded', async () => {
    // Two of the blue pictures cannot be decoded; only opening finds out.
    expect(await datasetFacts({ kind: 'folder', path: at('pictures') }, workspace)).toEqual({
      images: 11,
      classes: 3,
      smallestClass: 3,
      largestClass: 5,
      shape: { height: 8, width: 12, channels: 3 },
      hasGivenSplit: false,
      givenTraining: null,
    })
    expect(await datasetFacts({ kind: 'csv', path: at('pictures.csv') }, workspace)).toMatchObject({
      images: 5,
      classes: 2,
      smallestClass: 2,
      hasGivenSplit: true,
      givenTraining: 3,
    })
  })

  it('throws what opening would throw', async () => {
    await expect(datasetFacts({ kind: 'folder', path: at('none') }, workspace)).rejects.toThrow(DatasetError)
    await expect(datasetFacts({ kind: 'cifar', path: workspace }, workspace)).rejects.toThrow(/none of the files/)
  })
})

describe('fashion-mnist', () => {
  it('opens where it is installed, and says how to get it elsewhere', async () => {
    const open = () => openDataset({ kind: 'fashion-mnist' }, { size: null, channels: null }, { workspace })
    expect(existsSync(join(workspace, 'fashion-mnist'))).toBe(false)
    if (findFashion(workspace) === null) {
      await expect(open()).rejects.toThrow(/apt-get install dataset-fashion-mnist/)
      return
    }
    const dataset = await open()
    expect(dataset.labels).toHaveLength(70_000)
    expect(dataset.classNames).toEqual([...fashionClasses])
    // As in everybody's copy: an ankle boot comes first in both files.
    expect([...dataset.labels.subarray(0, 5)]).toEqual([9, 0, 0, 3, 0])
    expect([...dataset.labels.subarray(60_000, 60_005)]).toEqual([9, 2, 1, 1, 6])
    expect((await datasetFacts({ kind: 'fashion-mnist' }, workspace)).images).toBe(70_000)
  })
})
