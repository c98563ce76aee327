import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AugmentSpec } from '../../protocol/runSpec.ts'
import { Random } from '../../server/core/random.ts'
import { PkSampler } from '../../server/core/samplers/pkSampler.ts'
import type { Dataset } from '../../server/training/datasets/dataset.ts'
import { openEmoji } from '../../server/training/datasets/emoji.ts'
import { PackedDataset } from '../../server/training/datasets/packedDataset.ts'
import { createInputPipeline, type InputPipeline } from '../../server/training/inputPipeline.ts'

const augment: AugmentSpec = {
  flip: true,
  shift: 3,
  rotate: 10,
  zoom: 0.1,
  color: 0.2,
  grayscale: 0.1,
  erase: 0.1,
  mirrorClasses: 0.5,
  turnClasses: 0.3,
  recolorClasses: 0.3,
  stretchClasses: 0.2,
  warpClasses: 1,
  joinClasses: 0.3,
}
const dataset = await openEmoji({ size: 16, channels: null })
/** Not all pictures, and not in order: positions and indices must not be mixed up. */
const train = Int32Array.from(dataset.labels.keys())
  .filter(index => index % 3 !== 0)
  .reverse()

const opened: InputPipeline[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

function open(threaded: boolean, from: Dataset = dataset): InputPipeline {
  const sampler = new PkSampler({
    labels: train.map(index => dataset.labels[index]),
    classes: 4,
    samplesPerClass: 3,
    random: Random.fromSeed(7),
  })
  const input = createInputPipeline({ dataset: from, train, sampler, augment, seed: 3 }, threaded)
  opened.push(input)
  return input
}

async function batches(input: InputPipeline, count: number) {
  const result = []
  for (let i = 0; i < count; i++) {
    const { data, indices, labels } = await input.next()
    result.push({ data: data.slice(), indices: indices.slice(), labels: labels.slice() })
  }
  return result
}

describe('the input pipeline', () => {
  it('gives the same batches with a thread as without one', async () => {
    const direct = await batches(open(false), 12)
    const threaded = await batches(open(true), 12)
    expect(threaded).toEqual(direct)
    for (const { indices, labels } of direct) {
      expect([...labels]).toEqual([...indices].map(index => dataset.labels[index]))
      for (const index of indices) expect(index % 3).not.toBe(0)
    }
  })

  it.each([false, true])('gives the same batches when they were prepared before (thread: %s)', async threaded => {
    const prepared = open(threaded)
    const before = prepared.samplerState()
    prepared.prepare()
    expect(prepared.samplerState()).toEqual(before)
    expect(await batches(prepared, 6)).toEqual(await batches(open(threaded), 6))
  })

  it.each([false, true])('continues from a checkpoint as if never interrupted (thread: %s)', async threaded => {
    const whole = await batches(open(threaded), 9)
    const first = open(threaded)
    await batches(first, 5)
    const state = first.samplerState().slice()
    const second = open(threaded)
    second.resume(state, 5)
    expect(await batches(second, 4)).toEqual(whole.slice(5))
  })

  it.each([false, true])('reads the same from a file, and says so when it ends early (thread: %s)', async threaded => {
    if (dataset.pixels.kind !== 'memory') throw new Error('not in memory')
    const path = join(mkdtempSync(join(tmpdir(), 'input-')), 'pixels')
    writeFileSync(path, dataset.pixels.bytes)
    const onDisk = new PackedDataset(
      {
        name: 'on disk',
        fingerprint: dataset.fingerprint,
        shape: dataset.shape,
        classNames: dataset.classNames,
        labels: dataset.labels,
        classGroups: null,
        given: null,
        skipped: [],
        describe: String,
      },
      { kind: 'file', type: 'uint8', channels: 3, path, offset: 0 },
    )
    expect(await batches(open(threaded, onDisk), 3)).toEqual(await batches(open(false), 3))
    truncateSync(path, 1000)
    await expect(batches(open(threaded, onDisk), 3)).rejects.toThrow(/end early/)
    onDisk.close()
  })

  it('does not leave anybody waiting when it is closed', async () => {
    const input = open(true)
    const next = input.next()
    input.close()
    await expect(next).rejects.toThrow(/closed/)
  })
})
