/**
 * Random edits and random requests against the real language server, as an impatient person makes them: some answers are
 * awaited, some are not, some requests are cancelled. TRIPLET_LAB_FUZZ_SECONDS says for how long; the default is short.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CancellationTokenSource } from 'vscode-jsonrpc/node'
import { ExecuteCommandRequest, HoverRequest, type Position } from 'vscode-languageserver-protocol/node'
import { expect, onTestFinished, test } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { startClient, uriOf } from '../languageServer/client.ts'
import { asks } from '../languageServer/requests.ts'
import { fillStore } from '../e2e/results.ts'
import { workspace } from './processes.ts'

const seconds = Number(process.env['TRIPLET_LAB_FUZZ_SECONDS'] ?? 12)
const seed = Number(process.env['TRIPLET_LAB_FUZZ_SEED'] ?? 1)

/** Pieces that people type, paste and delete. */
const pieces = [
  '{', '}', '[', ']', ',', ':', '"', '\n', ' ', '0', '-1', '1e999', 'null', 'true', '// x\n', '/*', '\\', 'é', '😀', '\u0000', '\r\n',
  '"mining": "batch-hard"', '"loss": { "margin": { "values": [0.1, 0.2] } }', '{ "min": 0, "max": 1 }', '"dataset": { "folder": "./nowhere" }',
  '"values": [', '"seed": { "values": [1, 2, 3] },', '"curriculum": [{ "fromEpoch": 3 }]', '"model": { "architecture": "layers", "layers": ["relu"] }',
  '"__proto__": 1', '"sweep": { "runCap": 3 }', '['.repeat(200),
] // prettier-ignore

const names = ['a', 'b', 'c']

test(
  `${seconds} seconds of random edits and requests leave the server well, and no larger`,
  async () => {
    const { folder } = workspace()
    const example = readFileSync('examples/emoji.triplet.json', 'utf8')
    const sweep = readFileSync('examples/margin-sweep.triplet.json', 'utf8')
    for (const name of names) writeFileSync(join(folder, `${name}.triplet.json`), sweep)
    fillStore(folder, 'a.triplet.json', sweep, [0.4, 0.5, 0.3])
    const heap = heapReader(folder)
    const client = await startClient({ folders: [folder], bundled: true, nodeArguments: heap.nodeArguments })
    onTestFinished(() => void client.process.kill())
    const random = Random.fromSeed(seed)
    const below = (n: number) => Math.floor(random.uniform() * n)
    const texts = new Map<string, string>()
    const memory: number[] = []
    const start = performance.now()
    const until = start + seconds * 1_000
    const counts = { edits: 0, requests: 0, cancelled: 0, opened: 0 }
    let nextMemory = 0
    while (performance.now() < until) {
      const uri = uriOf(join(folder, `${names[below(names.length)]}.triplet.json`))
      const open = texts.get(uri)
      // Files are opened and closed again and again, and some requests are about files that are not open.
      if (open === undefined && random.uniform() < 0.5) {
        texts.set(uri, example)
        client.open(uri, example)
        counts.opened++
      } else if (open !== undefined && random.uniform() < 0.002) {
        texts.delete(uri)
        client.close(uri)
      }
      let text = texts.get(uri) ?? ''
      if (texts.has(uri) && random.uniform() < 0.7) {
        const from = below(text.length + 1)
        const to = Math.min(text.length, from + (random.uniform() < 0.5 ? 0 : below(12)))
        const piece = pieces[below(pieces.length)]
        client.change(uri, [{ range: { start: positionAt(text, from), end: positionAt(text, to) }, text: piece }])
        text = text.slice(0, from) + piece + text.slice(to)
        // Now and then a fresh start, or nothing but rubbish would be left.
        if (random.uniform() < 0.02 || text.length > 20_000)
          client.change(uri, [{ text: (text = random.uniform() < 0.5 ? example : sweep) }])
        texts.set(uri, text)
        counts.edits++
      }
      const asked = Object.values(asks)[below(Object.keys(asks).length)]
      const position = positionAt(text, below(text.length + 1))
      const answer = asked(client.connection, uri, position, 1_000)
      counts.requests++
      if (random.uniform() < 0.1) {
        const source = new CancellationTokenSource()
        const params = { textDocument: { uri }, position }
        const cancelled = client.connection.sendRequest(HoverRequest.type, params, source.token)
        source.cancel()
        await cancelled.catch(() => counts.cancelled++)
      }
      if (random.uniform() < 0.02)
        await client.connection.sendRequest(ExecuteCommandRequest.type, {
          command: 'tripletLab.useValues',
          arguments: [uri, { 'loss.margin': 0.2 }],
        })
      if (random.uniform() < 0.5) await answer
      else await answer.catch((error: unknown) => expect(error).toBeUndefined())
      if (performance.now() > nextMemory) {
        nextMemory = performance.now() + seconds * 50
        memory.push(await heap.megabytes(client.process))
      }
    }
    expect(client.process.exitCode).toBeNull()
    expect(await client.stop()).toBe(0)
    expect(client.complaints).toEqual([])
    expect(counts.requests).toBeGreaterThan(seconds * 10)
    console.log(
      `${Math.round((performance.now() - start) / 1_000)} s, seed ${seed}: ${JSON.stringify(counts)}; heap after collection in MB: ${memory.map(one => one.toFixed(1)).join(' ')}`,
    )
    // The first third warms up; after that what is in use stays where it is.
    const third = Math.floor(memory.length / 3)
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
    expect(mean(memory.slice(2 * third))).toBeLessThan(mean(memory.slice(third, 2 * third)) * 1.1 + 3)
  },
  (seconds + 60) * 1_000,
)

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: before.length - 1, character: before[before.length - 1].length }
}

/** What the server still holds after a collection: it is made to collect, and to write that down, by a signal. */
function heapReader(folder: string) {
  const [script, file] = [join(folder, 'heap.cjs'), join(folder, 'heap')]
  const write = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.memoryUsage().heapUsed))`
  writeFileSync(script, `process.on('SIGUSR2', () => { global.gc(); ${write} })`)
  return {
    nodeArguments: ['--expose-gc', '--require', script],
    async megabytes(server: ChildProcess): Promise<number> {
      rmSync(file, { force: true })
      server.kill('SIGUSR2')
      for (;;) {
        const found = existsSync(file) ? readFileSync(file, 'utf8') : ''
        if (found !== '') return Number(found) / 2 ** 20
        if (server.exitCode !== null) throw new Error(`The server has ended with ${server.exitCode}.`)
        await new Promise(done => setTimeout(done, 5))
      }
    },
  }
}
