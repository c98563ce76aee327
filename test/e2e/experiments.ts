/** Experiment files of the tests, and what they ask of a panel that shows one. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { EditorWindow } from './editorWindow.ts'

/** Starts within a second or two and runs for many minutes: a test stops it. */
const LONG = {
  dataset: { name: 'mnist' },
  split: { by: 'given' },
  model: { architecture: 'mlp', embeddingSize: 16 },
  batch: { classes: 8, samplesPerClass: 8 },
  epochs: 50,
}

/** Writes an experiment of the given name into the window's workspace. */
export async function writeExperiment(window: EditorWindow, name: string, changes: object = {}): Promise<void> {
  await writeFile(join(window.workspace, `${name}.triplet.json`), JSON.stringify({ ...LONG, ...changes }, null, 2))
}

/** A run records its loss at every step, so as long as nothing is thinned the curve has a point for each. */
export async function expectWhole(window: EditorWindow): Promise<void> {
  const { points, lastStep } = await window.chart()
  expect([lastStep, lastStep + 1]).toContain(points)
}
