/**
 * The language server in an editor that is not VS Code: the packed program over its standard streams, plain JSON-RPC written
 * out by hand, what Neovim says when it starts, and nothing that only VS Code knows.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { CodeAction, Diagnostic, InlayHint, TextEdit } from 'vscode-languageserver-types'
import { theRun, until, workspace } from './processes.ts'

/** What a client says of itself: no pull diagnostics, no refresh, no initialization options. */
const capabilities = {
  general: { positionEncodings: ['utf-8', 'utf-16', 'utf-32'] },
  textDocument: {
    synchronization: { didSave: true },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'refactor'] } } },
    publishDiagnostics: { relatedInformation: true, tagSupport: { valueSet: [1, 2] } },
    rename: { prepareSupport: true },
  },
  workspace: { applyEdit: true, workspaceEdit: { resourceOperations: ['rename', 'create', 'delete'] } },
  window: { showMessage: {} },
}

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Frames messages as the base protocol says: a header with the length in bytes, an empty line, JSON. */
class PlainClient {
  readonly child = spawn(process.execPath, [resolve('dist/languageServer.cjs'), '--stdio'], { stdio: 'pipe' })
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #heard: Message[] = []
  #buffer = Buffer.alloc(0)
  #last = 0

  constructor() {
    this.child.stdout.on('data', (part: Buffer) => this.#read(part))
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params })
  }

  /** @throws Error with what the server says is wrong */
  async request<T>(method: string, params: unknown): Promise<T> {
    const id = ++this.#last
    const answered = new Promise<Message>(done => this.#answers.set(id, done))
    this.#send({ id, method, params })
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result as T
  }

  /** The parameters of the newest message of a kind that fit, once there is one. */
  async heard<T>(method: string, fits: (params: T) => boolean = () => true): Promise<T> {
    let found: Message | undefined
    await until(`the server sends ${method}`, () => {
      found = this.#heard.findLast(one => one.method === method && fits(one.params as T))
      return found !== undefined
    })
    return found?.params as T
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    this.child.stdin.write(`Content-Length: ${body.byteLength}\r\n\r\n`)
    this.child.stdin.write(body)
  }

  #read(part: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, part])
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, Math.max(0, end)).toString())?.[1])
      if (end < 0 || this.#buffer.byteLength < end + 4 + length) return
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString('utf8')) as Message
      this.#buffer = this.#buffer.subarray(end + 4 + length)
      this.#take(message)
    }
  }

  #take(message: Message): void {
    if (message.method === undefined) {
      this.#answers.get(Number(message.id))?.(message)
      return
    }
    this.#heard.push(message)
    if (message.id === undefined) return
    this.#send({ id: message.id, result: message.method === 'workspace/applyEdit' ? { applied: true } : null })
  }
}

test('another editor checks, repairs, explains, completes and trains', async () => {
  const { folder, store } = workspace()
  const client = new PlainClient()
  onTestFinished(() => void client.child.kill())
  let complaints = ''
  client.child.stderr.on('data', (data: Buffer) => (complaints += data.toString()))

  const rootUri = pathToFileURL(folder).href
  const initialized = await client.request<{ capabilities: Record<string, unknown> }>('initialize', {
    processId: process.pid,
    clientInfo: { name: 'Neovim', version: '0.11' },
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'lab' }],
    capabilities,
    trace: 'off',
  })
  expect(initialized.capabilities).toMatchObject({ hoverProvider: true, renameProvider: { prepareProvider: true } })
  client.notify('initialized', {})

  const uri = pathToFileURL(join(folder, 'a.triplet.json')).href
  const broken =
    '{\n  "dataset": "mnist",\n  "split": { "by": "given" },\n  "model": { "architecture": "mlp", "embeddingSize": 8 },\n  "batch": { "classes": 8 },\n  "mining": "semihard",\n  "loss": { "margin": { "values": [0.1, 0.2] } },\n  "stepsPerEpoch": 3,\n  "epochs": 1\n}\n'
  let document = TextDocument.create(uri, 'json', 1, broken)
  client.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'json', version: 1, text: broken },
  })
  type Published = { uri: string; diagnostics: Diagnostic[] }
  const { diagnostics } = await client.heard<Published>('textDocument/publishDiagnostics', one => one.uri === uri)
  expect(diagnostics).toMatchObject([{ code: 'unknown-value', severity: 1, source: 'Triplet Lab' }])
  expect(document.getText(diagnostics[0].range)).toBe('"semihard"')
  expect(diagnostics[0].codeDescription?.href).toMatch(/^file:.*diagnostics\.md#L\d+$/)

  /** Applies edits and tells of the whole new text, as the simplest clients do. */
  const change = (edits: TextEdit[]) => {
    const text = TextDocument.applyEdits(document, edits)
    document = TextDocument.create(uri, 'json', document.version + 1, text)
    client.notify('textDocument/didChange', {
      textDocument: { uri, version: document.version },
      contentChanges: [{ text }],
    })
  }
  const textDocument = { uri }
  const [fix] = await client.request<CodeAction[]>('textDocument/codeAction', {
    textDocument,
    range: diagnostics[0].range,
    context: { diagnostics, only: ['quickfix'] },
  })
  change(fix.edit?.changes?.[uri] ?? [])
  expect(document.getText()).toContain('"mining": "semi-hard"')
  await client.heard<Published>('textDocument/publishDiagnostics', one => one.diagnostics.length === 0)

  const at = (needle: string) => document.positionAt(document.getText().indexOf(needle) + 2)
  const hover = await client.request<{ contents: { value: string } }>('textDocument/hover', {
    textDocument,
    position: at('"margin"'),
  })
  expect(hover.contents.value).toContain('how much farther a negative')
  expect(hover.contents.value).not.toContain('command:')
  const { items } = await client.request<{ items: { label: string }[] }>('textDocument/completion', {
    textDocument,
    position: at('"semi-hard"'),
  })
  expect(items.map(one => one.label)).toContain('"batch-hard"')
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } }
  const hints = await client.request<InlayHint[]>('textDocument/inlayHint', { textDocument, range: whole })
  expect(JSON.stringify(hints)).toContain('triplets a batch')
  const symbols = await client.request<{ name: string }[]>('textDocument/documentSymbol', { textDocument })
  expect(symbols.map(one => one.name)).toContain('loss')
  for (const [method, more] of Object.entries({
    foldingRange: {},
    selectionRange: { positions: [at('"margin"')] },
    documentLink: {},
    formatting: { options: { tabSize: 2, insertSpaces: true } },
    'semanticTokens/full': {},
    definition: { position: at('"margin"') },
    prepareRename: { position: at('"margin"') },
  }))
    await client.request(`textDocument/${method}`, { textDocument, ...more })

  // Every lens calls a command that the server does itself, or none: there are no panels here.
  const own = (initialized.capabilities['executeCommandProvider'] as { commands: string[] }).commands
  const lenses = await client.request<{ command: { title: string; command: string; arguments: unknown[] } }[]>(
    'textDocument/codeLens',
    { textDocument },
  )
  for (const { command } of lenses) expect(['', ...own]).toContain(command.command)
  await client.request('workspace/executeCommand', {
    command: 'tripletLab.useValues',
    arguments: [uri, { 'loss.margin': 0.2 }],
  })
  type Applied = { edit: { documentChanges: { edits: TextEdit[] }[] } }
  const { edit } = await client.heard<Applied>('workspace/applyEdit')
  change(edit.documentChanges[0].edits)
  expect(document.getText()).toContain('"margin": 0.2')

  writeFileSync(join(folder, 'a.triplet.json'), document.getText())
  const { command } = lenses[0]
  await client.request('workspace/executeCommand', { command: command.command, arguments: command.arguments })
  expect(await client.heard('window/showMessage')).toEqual({
    type: 3,
    message: expect.stringContaining('Run 1') as string,
  })
  await until('the run is done', () => theRun(store, 1).status === 'done', 120_000)
  expect(theRun(store, 1).spec.loss.margin).toBe(0.2)

  const ended = new Promise(done => client.child.once('exit', done))
  expect(await client.request('shutdown', null)).toBeNull()
  client.notify('exit', null)
  expect(await ended).toBe(0)
  expect(complaints.replace(/.*(ExperimentalWarning|--trace-warnings).*\n/g, '')).toBe('')
})
