import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Dataset } from '../../../server/training/datasets/dataset.ts'

export const fixtures = join(import.meta.dirname, '../../fixtures/datasets')

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-lab-data-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** One picture of a dataset, as floats. */
export async function readOne(dataset: Dataset, index: number): Promise<Float32Array> {
  const { height, width, channels } = dataset.shape
  const into = new Float32Array(height * width * channels)
  await dataset.read(Int32Array.of(index), into)
  return into
}

/**
 * What the fixtures of make.py show: the white top left quarter, and the colour of the class at the bottom right, each 0
 * to 255.
 */
export async function cornersOf(
  dataset: Dataset,
  index: number,
): Promise<{ topLeft: number[]; bottomRight: number[] }> {
  const { channels } = dataset.shape
  const values = Array.from(await readOne(dataset, index), value => Math.round(value * 255))
  return { topLeft: values.slice(0, channels), bottomRight: values.slice(-channels) }
}

/** The colours of the classes in make.py. */
export const colours: Readonly<Record<string, readonly number[]>> = {
  red: [200, 30, 30],
  green: [30, 160, 40],
  blue: [40, 60, 210],
}
