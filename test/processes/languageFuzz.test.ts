/**
 * Random edits and random requests against the real language server, as an impatient person makes them: some answers are
 * awaited, some are not, some requests are cancelled. TRIPLET_LAB_FUZZ_SECONDS says for how long; the default is short.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CancellationTokenSource } from 'vscode-jsonrpc/node'
import { HoverRequest, type Position } from 'vscode-languageserver-protocol/node'
import { expect, onTestFinished, test } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { startClient, uriOf } from '../languageServer/client.ts'
import { asks } from '../languageServer/requests.ts'

const seconds = Number(process.env['TRIPLET_LAB_FUZZ_SECONDS'] ?? 12)
const seed = Number(process.env['TRIPLET_LAB_FUZZ_SEED'] ?? 1)

/** Pieces that people type, paste and delete. */
const pieces = [
  '{', '}', '[', ']', ',', ':', '"', '\n', ' ', '0', '-1', '1e999', 'null', 'true', '// x\n', '/*', '\\', 'é', '😀', '\u0000', '\r\n',
  '"mining": "batch-hard"', '"loss": { "margin": { "values": [0.1, 0.2] } }', '{ "min": 0, "max": 1 }', '"dataset": { "folder": "./nowhere" }',
  '"values": [', '"seed": { "values": [1, 2, 3] },', '"curriculum": [{ "fromEpoch": 3 }]', '"model": { "architecture": "layers", "layers": ["relu"] }',
  '"__proto__": 1', '"sweep": { "runCap": 3 }', '['.repeat(200),
] // prettier-ignore

test(
  `${seconds} seconds of random edits and requests leave the server well, and no larger`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplet-fuzz-'))
    const client = await startClient({ folders: [folder], bundled: true })
    onTestFinished(() => void client.process.kill())
    const random = Random.fromSeed(seed)
    const below = (n: number) => Math.floor(random.uniform() * n)
    const example = readFileSync('examples/emoji.triplet.json', 'utf8')
    const uri = uriOf(join(folder, 'a.triplet.json'))
    client.open(uri, example)
    let text = example
    const memory: number[] = []
    const until = performance.now() + seconds * 1_000
    let requests = 0
    let nextMemory = 0
    while (performance.now() < until) {
      if (random.uniform() < 0.7) {
        const from = below(text.length + 1)
        const to = Math.min(text.length, from + (random.uniform() < 0.5 ? 0 : below(12)))
        const piece = pieces[below(pieces.length)]
        client.change(uri, [{ range: { start: positionAt(text, from), end: positionAt(text, to) }, text: piece }])
        text = text.slice(0, from) + piece + text.slice(to)
      }
      // Now and then a fresh start, or nothing but rubbish would be left.
      if (random.uniform() < 0.02 || text.length > 20_000) client.change(uri, [{ text: (text = example) }])
      const names = Object.keys(asks)
      const ask = asks[names[below(names.length)]]
      const position = positionAt(text, below(text.length + 1))
      const answer = ask(client.connection, uri, position, 1_000)
      requests++
      if (random.uniform() < 0.1) {
        const source = new CancellationTokenSource()
        const cancelled = client.connection.sendRequest(
          HoverRequest.type,
          { textDocument: { uri }, position },
          source.token,
        )
        source.cancel()
        await cancelled.catch(() => undefined)
      }
      if (random.uniform() < 0.5) await answer
      else await answer.catch((error: unknown) => expect(error).toBeUndefined())
      if (performance.now() > nextMemory) {
        nextMemory = performance.now() + seconds * 50
        memory.push(residentMegabytes(client.process.pid ?? 0))
      }
    }
    expect(client.process.exitCode).toBeNull()
    expect(await client.stop()).toBe(0)
    expect(client.complaints).toEqual([])
    expect(requests).toBeGreaterThan(seconds * 10)
    // The first third warms up; after that the memory stays where it is.
    const third = Math.floor(memory.length / 3)
    const early = Math.max(...memory.slice(third, 2 * third))
    const late = Math.max(...memory.slice(2 * third))
    expect(late).toBeLessThan(early * 1.3 + 30)
    rmSync(folder, { recursive: true, force: true })
  },
  (seconds + 60) * 1_000,
)

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: before.length - 1, character: before[before.length - 1].length }
}

function residentMegabytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1_024
}
