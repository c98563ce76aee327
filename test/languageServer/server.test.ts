import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CancellationTokenSource,
  CodeLensRequest,
  DidChangeWorkspaceFoldersNotification,
  DocumentDiagnosticRequest,
  HoverRequest,
  LSPErrorCodes,
  PublishDiagnosticsNotification,
  RenameRequest,
  WillRenameFilesRequest,
} from 'vscode-languageserver-protocol/node'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  emptyTrash,
  forkRun,
  listRuns,
  listTrash,
  readForkOffer,
  readRun,
  runFile,
  runEvents,
  startTraining,
  trashRuns,
  watchRun,
  wishRun,
  type RequestType,
} from '../../protocol/requests.ts'
import type { RunDelta } from '../../protocol/runEvent.ts'
import { openStore, type Store } from '../../server/store/store.ts'
import { runFolder, serverLockFile } from '../../server/store/layout.ts'
import { takeLock } from '../../server/store/lock.ts'
import { encodeCheckpoint, writeCheckpoint } from '../../server/training/checkpoint.ts'
import { freshState } from '../../server/training/loopState.ts'
import { startClient, uriOf, type TestClient } from './client.ts'

let folder: string
let client: TestClient | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'triplet-language-'))
})
afterEach(async () => {
  const code = await client?.stop()
  if (client !== null) expect({ code, complaints: client.complaints }).toEqual({ code: 0, complaints: [] })
  client = null
  // A training server that was just being started may still write its log.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

async function start(options: Partial<Parameters<typeof startClient>[0]> = {}): Promise<TestClient> {
  client = await startClient({ folders: [folder], ...options })
  return client
}

async function ask<P extends v.GenericSchema, R extends v.GenericSchema>(
  to: TestClient,
  type: RequestType<P, R>,
  params: v.InferInput<P>,
): Promise<v.InferOutput<R>> {
  return v.parse(type.result, await to.connection.sendRequest(type.method, params))
}

function store(): Store {
  const opened = openStore(join(folder, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  return opened.store
}

const until = async (condition: () => boolean) => {
  for (let i = 0; i < 250 && !condition(); i++) await new Promise(done => setTimeout(done, 20))
  expect(condition()).toBe(true)
}

const emoji = '{ "dataset": "mnist", "split": { "by": "given" }, "batch": { "classes": 8 }, "epochs": 3 }\n'

/** As if a training server were up: none is started, and the runs stay in line. */
function holdTrainingServer() {
  const lock = takeLock(serverLockFile(join(folder, '.triplet-lab')))
  if (lock === null) throw new Error('The lock is taken.')
  return lock
}

describe('files', () => {
  test('diagnostics are pulled, with code, range and severity', async () => {
    const server = await start()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, '{\n  "name": "x",\n  "epochs": 0,\n  "dataset": { "name": "emoji" } }')
    const report = await server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } })
    expect(report.kind === 'full' ? report.items : []).toMatchObject([
      {
        code: 'out-of-range',
        severity: 1,
        source: 'Triplet Lab',
        range: { start: { line: 2, character: 12 }, end: { line: 2, character: 13 } },
      },
    ])
  })

  test('edits arrive as changes of ranges', async () => {
    const server = await start()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    const count = async () => {
      const report = await server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } })
      return report.kind === 'full' ? report.items.length : -1
    }
    expect(await count()).toBe(0)
    const at = emoji.indexOf('"epochs"')
    const range = (from: number, to: number) => ({
      start: { line: 0, character: from },
      end: { line: 0, character: to },
    })
    server.change(uri, [{ range: range(at, at + 8), text: '"epcohs"' }])
    expect(await count()).toBe(1)
    server.change(uri, [{ range: range(at, at + 8), text: '"epochs"' }])
    expect(await count()).toBe(0)
  })

  test('a client that cannot pull gets diagnostics pushed', async () => {
    const server = await start({ capabilities: {} })
    const pushed: number[] = []
    server.connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) => {
      pushed.push(diagnostics.length)
    })
    server.open(uriOf(join(folder, 'a.triplet.json')), '{ "dataset": "mnist", "epochs": 0, "batch": { "classes": 4 } }')
    await until(() => pushed.at(-1) === 1)
  })

  test('a request that is cancelled while it waits is not answered', async () => {
    const server = await start()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    const source = new CancellationTokenSource()
    const params = { textDocument: { uri }, position: { line: 0, character: 3 } }
    // The first keeps the server busy, so that the second is still in line when it is cancelled.
    const first = server.connection.sendRequest(HoverRequest.type, params)
    const second = server.connection.sendRequest(HoverRequest.type, params, source.token)
    source.cancel()
    await expect(second).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled })
    expect(await first).not.toBeNull()
  })

  test('a file that was never saved is checked, explained and started', async () => {
    const lock = holdTrainingServer()
    const server = await start()
    const uri = 'untitled:Untitled-1'
    server.open(uri, emoji)
    const report = await server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } })
    expect(report).toMatchObject({ kind: 'full', items: [] })
    const position = { line: 0, character: emoji.indexOf('"epochs"') + 2 }
    expect(await server.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position })).not.toBeNull()
    expect(await ask(server, startTraining, { uri })).toMatchObject({ kind: 'started', runIds: [1] })
    expect((await ask(server, listRuns, { metrics: [] })).runs[0].experiment).toBe('Untitled-1')
    lock.release()
  })

  test('what is wrong in a file that is extended shows as soon as it is saved elsewhere', async () => {
    const server = await start({ capabilities: {} })
    const pushed: (string | number | undefined)[][] = []
    server.connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) => {
      pushed.push(diagnostics.map(one => one.code))
    })
    const base = join(folder, 'base.triplet.json')
    writeFileSync(base, emoji)
    server.open(uriOf(join(folder, 'a.triplet.json')), '{ "extends": "./base.triplet.json" }')
    await until(() => pushed.at(-1)?.length === 0)
    writeFileSync(base, emoji.replace('"epochs": 3', '"epochs": 0'))
    const changes = [{ uri: uriOf(base), type: 2 }]
    void server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
    await until(() => pushed.at(-1)?.[0] === 'extends-has-problems')
  })

  test('files that extend one that is renamed follow it, open or not', async () => {
    const server = await start()
    const [base, moved] = ['base', 'common'].map(name => uriOf(join(folder, `${name}.triplet.json`)))
    writeFileSync(join(folder, 'base.triplet.json'), emoji)
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'sub', 'closed.triplet.json'), '{ "extends": "../base.triplet.json" }')
    const open = uriOf(join(folder, 'open.triplet.json'))
    server.open(open, '{ "extends": "./base.triplet.json" }')
    const edit = await server.connection.sendRequest(WillRenameFilesRequest.type, {
      files: [{ oldUri: base, newUri: moved }],
    })
    const texts = (edit?.documentChanges ?? []).map(change =>
      'edits' in change
        ? [change.textDocument.uri, change.edits.map(one => ('newText' in one ? one.newText : ''))]
        : [],
    )
    expect(texts).toEqual([
      [open, ['"./common.triplet.json"']],
      [uriOf(join(folder, 'sub', 'closed.triplet.json')), ['"../common.triplet.json"']],
    ])
    const position = { line: 0, character: 20 }
    const renamed = await server.connection.sendRequest(RenameRequest.type, {
      textDocument: { uri: open },
      position,
      newName: './common.triplet.json',
    })
    expect(renamed?.documentChanges).toEqual([
      { kind: 'rename', oldUri: base, newUri: moved },
      ...(edit?.documentChanges ?? []),
    ])
  })

  test('a folder that appears ends the complaint about it', async () => {
    const server = await start({ capabilities: {} })
    const pushed: (string | number | undefined)[][] = []
    server.connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) => {
      pushed.push(diagnostics.map(one => one.code))
    })
    const uri = uriOf(join(folder, 'a.triplet.json'))
    mkdirSync(join(folder, 'face'))
    server.open(uri, '{ "dataset": { "folder": "./faces" }, "batch": { "classes": 2, "samplesPerClass": 2 } }')
    await until(() => pushed.at(-1)?.[0] === 'dataset-missing')
    for (const name of ['ann', 'bob', 'cyd', 'dan']) {
      mkdirSync(join(folder, 'faces', name), { recursive: true })
      for (const file of ['1.png', '2.png']) writeFileSync(join(folder, 'faces', name, file), '')
    }
    void server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf(join(folder, 'faces')), type: 1 }],
    })
    await until(() => pushed.at(-1)?.length === 0)
  })
})

describe('runs', () => {
  test('are queued from the text as the editor shows it, listed, read, and their changes told', async () => {
    const lock = holdTrainingServer()
    const server = await start()
    const deltas: RunDelta[] = []
    server.connection.onNotification(runEvents.method, (params: unknown) => {
      deltas.push(...v.parse(runEvents.params, params).deltas)
    })
    const uri = uriOf(join(folder, 'sub', 'a.triplet.json'))
    server.open(uri, emoji.replace('"epochs": 3', '"epochs": { "values": [3, 4] }'))
    const started = await ask(server, startTraining, { uri })
    expect(started).toEqual({ kind: 'started', runIds: [1, 2], sweepId: 1 })
    const { runs } = await ask(server, listRuns, { metrics: [] })
    expect(runs.map(run => [run.id, run.name, run.experiment, run.status, run.epochs, run.sweepId])).toEqual([
      [2, 'epochs 4', 'sub/a.triplet.json', 'queued', 4, 1],
      [1, 'epochs 3', 'sub/a.triplet.json', 'queued', 3, 1],
    ])

    // A trainer writes; only points of watched runs are told.
    await ask(server, watchRun, { runId: 1, watch: true })
    const trainer = store()
    for (const runId of [1, 2]) trainer.setStatus(runId, 'running')
    for (let step = 1; step <= 50; step++)
      for (const runId of [1, 2])
        trainer.appendPoints(runId, [{ metric: 'loss', steps: [step], values: [1 / step], times: [step] }])
    trainer.setStatus(1, 'done')
    const points = () => deltas.flatMap(delta => (delta.kind === 'points' ? [delta] : []))
    await until(() => points().reduce((n, { series }) => n + (series[0]?.steps.length ?? 0), 0) === 50)
    expect(new Set(points().map(delta => delta.runId))).toEqual(new Set([1]))
    expect(points().flatMap(({ series }) => series.flatMap(one => one.steps))).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    )
    await until(() =>
      deltas.some(delta => delta.kind === 'runs' && delta.changed.some(run => run.id === 1 && run.status === 'done')),
    )
    const read = await ask(server, readRun, { runId: 1, maxPoints: 10_000 })
    expect(read.run?.status).toBe('done')
    expect(read.series).toMatchObject([{ metric: 'loss', steps: { length: 50 } }])

    expect(await ask(server, wishRun, { runId: 2, wish: 'pause' })).toEqual({ known: true })
    expect(trainer.wish(2)).toBe('pause')
    expect(await ask(server, wishRun, { runId: 99, wish: 'stop' })).toEqual({ known: false })
    expect((await ask(server, readRun, { runId: 99, maxPoints: 10 })).run).toBeNull()
    trainer.close()
    lock.release()
  })

  test('are forked, with their own settings or those of the file as it is now', async () => {
    const server = await start()
    const lock = holdTrainingServer()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    await ask(server, startTraining, { uri })
    expect(await ask(server, readForkOffer, { runId: 1 })).toEqual({
      points: [],
      file: { kind: 'changes', changes: [], epochs: 3 },
    })
    const runs = store()
    const loop = { ...freshState('pictures', [1, 2, 3, 4, 5, 6]), step: 40, epochsClosed: 2 }
    mkdirSync(runFolder(runs.dir, 1), { recursive: true })
    await writeCheckpoint(
      join(runFolder(runs.dir, 1), 'last.checkpoint'),
      encodeCheckpoint({ engineId: 'onnx', loop, sampler: Int32Array.of(1), engine: new Map() }),
    )
    server.change(uri, [{ text: emoji.replace('"epochs": 3', '"epochs": 9, "loss": { "margin": 0.5 }') }])
    expect(await ask(server, readForkOffer, { runId: 1 })).toEqual({
      points: [{ point: 'last', step: 40, epoch: 2 }],
      file: { kind: 'changes', changes: ['loss.margin 0.2 → 0.5', 'epochs 3 → 9'], epochs: 9 },
    })
    const wish = { runId: 1, point: 'last', settings: 'file' } as const
    expect(await ask(server, forkRun, { ...wish, epochs: 2 })).toMatchObject({ kind: 'refused' })
    expect(await ask(server, forkRun, { ...wish, point: 'best', epochs: 9 })).toMatchObject({ kind: 'refused' })
    expect(await ask(server, forkRun, { ...wish, epochs: 8 })).toEqual({ kind: 'started', runId: 2 })
    expect(await ask(server, forkRun, { ...wish, settings: 'run', epochs: 4 })).toEqual({ kind: 'started', runId: 3 })
    expect(runs.run(2)?.spec).toMatchObject({ epochs: 8, loss: { margin: 0.5 } })
    expect(runs.run(3)?.spec).toMatchObject({ epochs: 4, loss: { margin: 0.2 } })
    expect(runs.record(3)?.parentId).toBe(1)
    expect(existsSync(join(runFolder(runs.dir, 3), 'fork.checkpoint'))).toBe(true)
    server.change(uri, [{ text: emoji.replace('"epochs": 3', '"epochs": 0') }])
    expect((await ask(server, readForkOffer, { runId: 1 })).file.kind).toBe('unusable')
    expect(await ask(server, forkRun, { ...wish, epochs: 8 })).toMatchObject({ kind: 'refused' })
    runs.close()
    lock.release()
  })

  test('are refused with the problems of the file', async () => {
    const server = await start()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji.replace('"classes": 8', '"classes": 80'))
    expect(await ask(server, startTraining, { uri })).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'batch-more-classes-than-dataset' }],
    })
    expect((await ask(server, listRuns, { metrics: [] })).runs).toEqual([])
  })

  test('are refused where the workspace is not trusted', async () => {
    const server = await start({ initializationOptions: { trusted: false } })
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    expect(await ask(server, startTraining, { uri })).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'untrusted' }],
    })
  })

  test('of a store that comes later, and of one that is replaced, are seen', async () => {
    const server = await start()
    expect((await ask(server, listRuns, { metrics: [] })).runs).toEqual([])
    const lock = holdTrainingServer()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    writeFileSync(join(folder, 'a.triplet.json'), emoji)
    expect(await ask(server, startTraining, { uri })).toEqual({ kind: 'started', runIds: [1], sweepId: null })
    lock.release()
    rmSync(join(folder, '.triplet-lab'), { recursive: true })
    for (let i = 0; i < 100 && (await ask(server, listRuns, { metrics: [] })).runs.length > 0; i++)
      await new Promise(done => setTimeout(done, 100))
    expect((await ask(server, listRuns, { metrics: [] })).runs).toEqual([])
  })

  test('of several folders are told apart', async () => {
    const second = mkdtempSync(join(tmpdir(), 'triplet-language-'))
    const locks = [folder, second].map(path => takeLock(serverLockFile(join(path, '.triplet-lab'))))
    const capabilities = { textDocument: { diagnostic: {} }, workspace: { workspaceFolders: true } }
    const server = await start({ folders: [folder, second], capabilities })
    const ids: number[] = []
    for (const path of [folder, second]) {
      const uri = uriOf(join(path, 'a.triplet.json'))
      server.open(uri, emoji)
      const started = await ask(server, startTraining, { uri })
      ids.push(...(started.kind === 'started' ? started.runIds : []))
    }
    expect(ids).toEqual([1, 2 ** 32 + 1])
    expect((await ask(server, listRuns, { metrics: [] })).runs.map(run => run.id).sort((a, b) => a - b)).toEqual(ids)
    expect((await ask(server, readRun, { runId: 2 ** 32 + 1, maxPoints: 9 })).run?.id).toBe(2 ** 32 + 1)
    expect(await ask(server, wishRun, { runId: 2 ** 32 + 1, wish: 'stop' })).toEqual({ known: true })
    const fileOf = async (runId: number) => (await ask(server, runFile, { runId })).uri
    const [ownFile, otherFile] = [folder, second].map(path => uriOf(join(path, 'a.triplet.json')))
    expect(await Promise.all([...ids, 2].map(fileOf))).toEqual([ownFile, otherFile, null])
    // A folder that left the workspace takes no other's number with it.
    const event = { added: [], removed: [{ uri: uriOf(folder), name: 'first' }] }
    await server.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event })
    expect(await Promise.all(ids.map(fileOf))).toEqual([null, otherFile])
    for (const lock of locks) lock?.release()
    rmSync(second, { recursive: true, force: true })
  })

  test('go for good when they were listed in the trash, and not when they came there since', async () => {
    const lock = holdTrainingServer()
    const server = await start()
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    for (let i = 0; i < 2; i++) await ask(server, startTraining, { uri })
    const held = store()
    for (const id of [1, 2]) held.setStatus(id, 'done')
    const refer = (id: number) => ({ id, created: held.run(id)?.created ?? 0 })
    await ask(server, trashRuns, { runs: [refer(1)] })
    const { runs } = await ask(server, listTrash, {})
    await ask(server, trashRuns, { runs: [refer(2)] })
    expect(await ask(server, emptyTrash, { runs })).toEqual({ removed: 1 })
    expect((await ask(server, listTrash, {})).runs.map(run => run.id)).toEqual([2])
    held.close()
    lock.release()
  })

  test('stand in the lenses over their file', async () => {
    const lock = holdTrainingServer()
    const server = await start({ initializationOptions: { panels: true } })
    const uri = uriOf(join(folder, 'a.triplet.json'))
    server.open(uri, emoji)
    // Which engine this machine would take is another matter.
    const lenses = async () =>
      ((await server.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } })) ?? []).flatMap(lens =>
        lens.command?.title.includes('$(zap)') === true
          ? []
          : [[lens.command?.title, lens.command?.command, lens.command?.arguments]],
      )
    expect(await lenses()).toEqual([
      ['$(play) Start Triplet Training', 'tripletLab.startTraining', [uri, { single: true }]],
    ])
    await ask(server, startTraining, { uri })
    const trainer = store()
    trainer.appendPoints(1, [{ metric: 'test/mapAtR', steps: [9], values: [0.3456], times: [9] }])
    trainer.setProgress(1, { step: 9 })
    await until(() => true)
    let seen = await lenses()
    for (let i = 0; i < 100 && seen.length < 3; i++) {
      await new Promise(done => setTimeout(done, 20))
      seen = await lenses()
    }
    expect(seen).toEqual([
      ['$(play) Start Triplet Training', 'tripletLab.startTraining', [uri, { single: true }]],
      ['$(graph-line) live panel', 'tripletLab.openPanel', [1]],
      ['$(star-full) best so far: MAP@R 0.346, semi-hard α 0.2', 'tripletLab.openPanel', [1]],
    ])
    trainer.close()
    lock.release()
  })
})
