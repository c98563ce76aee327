/** What people install: the packed extension, away from the sources and their node_modules. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { host, isTarget, packageExtension, type Packed } from '../../scripts/package/vsix.ts'
import { expectWhole } from './experiments.ts'
import { test as plain } from './lab.ts'

let folder: string
let packed: Packed
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triplet-lab-packed-'))
  packed = await packageExtension(isTarget(host) ? host : 'universal', join(folder, 'triplet-lab.vsix'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const test = plain.override('options', () => ({ extension: packed.path }))

test('the packed extension, installed from its .vsix, trains', async ({ lab }) => {
  expect(packed.megabytes).toBeLessThan(60)
  const { window } = lab
  await window.openFile('emoji.triplet.json')
  await window.codeLens('Start Triplet Training').click({ timeout: 60_000 })
  await window.chartWith(5)
  await expectWhole(window)
  // The native engine came along, where there is one for this system.
  if (packed.natives.some(name => name.startsWith('onnxruntime-node@'))) await window.panelSays('.figures', 'onnx')
  await window.panel.getByRole('button', { name: 'Stop' }).click()
  await window.panelSays('.state', 'stopped')
  expect(window.complaints).toEqual([])
})
