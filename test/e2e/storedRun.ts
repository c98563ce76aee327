/** A run as a trainer would have left it, put into the store of a test's workspace: with curves, events and pictures. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEnvironment } from '../../protocol/environment.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { openStore, type Store } from '../../server/store/store.ts'

export interface StoredRun {
  /** Its file is `NAME.triplet.json`. */
  readonly experiment: string
  readonly name?: string
  readonly notes?: string
  readonly tags?: readonly string[]
  /** Values of each metric at the steps 1, 2, … */
  readonly curves: Readonly<Record<string, readonly number[]>>
  readonly events?: readonly string[]
  /** Names of the classes in the held-out sample, six pictures of each. */
  readonly classes?: readonly string[]
  /** The experiment's text; the emoji unless given. */
  readonly text?: string
  /** Names of an anchor, a positive and a negative that are the hardest triplet of each of `hardEpochs` epochs. */
  readonly hardest?: readonly [string, string, string]
}

const hardEpochs = 4

const side = 8
const perClass = 6
const size = 4

export async function storeRun(workspace: string, run: StoredRun): Promise<number> {
  const { text = '{ "dataset": "emoji", "epochs": 4 }' } = run
  await writeFile(join(workspace, `${run.experiment}.triplet.json`), text)
  const resolution = resolveExperiment(parseExperiment(text).tree, { folder: workspace })
  const opened = openStore(join(workspace, '.triplet-lab'))
  if (resolution.kind === 'refused' || opened.kind !== 'opened') throw new Error('The run could not be stored.')
  const { store } = opened
  const { experiment, name = experiment, notes = '', tags = [], curves, events = [], classes = [] } = run
  const [{ spec }] = resolution.specs
  const [id] = store.queueRuns([{ name, experiment: `${experiment}.triplet.json`, spec }])
  store.annotate(id, { notes, tags })
  const start = Date.now() - 3_600_000
  const batch = Object.entries(curves).map(([metric, values]) => {
    const steps = values.map((_, i) => i + 1)
    return { metric, steps, values, times: steps.map(step => start + step) }
  })
  store.appendPoints(id, batch)
  const steps = Math.max(...batch.map(one => one.steps.length))
  for (const message of events) store.addEvent(id, { step: 1, kind: 'warning', message })
  if (classes.length > 0)
    storeSample(classes, (kind, data) => store.putDetail(id, kind, kind === 'samplePictures' ? 0 : steps, data))
  if (run.hardest !== undefined) {
    storeHardest(store, id, run.hardest)
    // Of so many pictures it says something that two are among the hardest again and again.
    store.setProgress(id, { environment: { ...nowhere, dataset: { ...nowhere.dataset, train: 1000 } } })
  }
  store.setProgress(id, { step: steps, steps, epoch: 4, engine: 'onnx-cpu' })
  store.setStatus(id, 'done')
  store.close()
  return id
}

const nowhere: RunEnvironment = {
  version: '0.1.0',
  node: process.version,
  platform: 'linux x64',
  processor: '',
  cores: 1,
  memoryBytes: 1,
  gitCommit: null,
  libraries: {},
  dataset: { name: '', fingerprint: '', images: 0, classes: 0, train: 0, test: 0, skipped: 0 },
}

function storeHardest(store: Store, id: number, names: readonly [string, string, string]): void {
  const pixels = Buffer.from(names.flatMap((_, i) => new Array<number>(side * side).fill(80 * i))).toString('base64')
  const pictures = {
    height: side,
    width: side,
    channels: 1,
    indices: [0, 1, 2],
    classes: [0, 0, 1],
    classNames: ['one', 'other'],
    names,
    pixels,
  }
  const triplet = { anchor: 0, positive: 1, negative: 2, an: 0.2 }
  for (let epoch = 1; epoch <= hardEpochs; epoch++) {
    const triplets = [{ ...triplet, step: epoch, ap: 0.4 + epoch / 10 }]
    store.putDetail(id, 'hardest', epoch, json({ epoch, triplets }))
    store.putDetail(id, 'hardestPictures', epoch, json(pictures))
  }
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function storeSample(classNames: readonly string[], put: (kind: string, data: Uint8Array) => void): void {
  const count = classNames.length * perClass
  const indices = Array.from({ length: count }, (_, i) => i)
  const classes = indices.map(i => Math.floor(i / perClass))
  const pixels = Buffer.from(indices.flatMap(i => new Array<number>(side * side).fill((i * 37) % 256)))
  const codes = Float32Array.from({ length: count * size }, (_, i) => {
    const label = classes[Math.floor(i / size)]
    return Math.sin(label * 3 + (i % size)) + 0.3 * Math.sin(i * 12.9)
  })
  put(
    'samplePictures',
    json({
      height: side,
      width: side,
      channels: 1,
      indices,
      classes,
      classNames,
      names: indices.map(i => `${classNames[classes[i]]} ${i}`),
      pixels: pixels.toString('base64'),
    }),
  )
  const scores = classNames.map((name, i) => {
    const score = (i + 1) / (classNames.length + 1)
    return { name, queries: perClass, recallAt1: score, rPrecision: score, mapAtR: score }
  })
  put('classes', json({ epoch: 4, classes: scores }))
  put('sample', json({ epoch: 4, size, embeddings: Buffer.from(codes.buffer).toString('base64') }))
}
