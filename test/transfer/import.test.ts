import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { runFolder } from '../../server/store/layout.ts'
import type { Store } from '../../server/store/store.ts'
import { exportRuns } from '../../server/transfer/exportRuns.ts'
import { importRuns } from '../../server/transfer/importRuns.ts'
import { opened, queued, temporaryFolder } from '../store/helpers.ts'
import { all, contentOf, filledStore } from './helpers.ts'

async function exported(store: Store, options: { checkpoints?: boolean } = {}): Promise<string> {
  const file = join(temporaryFolder(), 'runs.jsonl')
  expect(await exportRuns(store, all(store).toReversed(), 'jsonl', file, options)).toBe(all(store).length)
  return file
}

describe('what one Triplet Lab exports, another imports', () => {
  it('with everything that is kept of it', async () => {
    const from = filledStore()
    const to = opened(temporaryFolder())
    queued(to, 4)
    const { added, known, trouble } = await importRuns(to, await exported(from))
    expect({ known, trouble, count: added.length }).toEqual({ known: 0, trouble: null, count: 3 })
    for (const [i, id] of added.slice(0, 2).entries()) expect(contentOf(to, id)).toEqual(contentOf(from, i + 1))
    // The third was under way: its trainer is elsewhere.
    const [running, stopped] = [contentOf(from, 3), contentOf(to, added[2])]
    expect(running.run?.status).toBe('running')
    expect(stopped.run?.status).toBe('stopped')
    expect({ ...stopped, run: null }).toEqual({ ...running, run: null })
    // Both runs of the sweep are in one sweep here, which nobody goes on with.
    const [first, second] = added.map(id => to.run(id)?.sweepId)
    expect(first).toBe(second)
    expect(to.sweep(first ?? -1)).toMatchObject({ status: 'stopped', plan: { some: 'plan' } })
    expect(to.sweeps()).toEqual([])
    expect(to.runs().filter(run => !endedStatuses.has(run.status))).toHaveLength(4)
  })

  it('with the checkpoints, when they were wanted', async () => {
    const from = filledStore()
    const to = opened(temporaryFolder())
    const { added } = await importRuns(to, await exported(from, { checkpoints: true }))
    expect(readFileSync(join(runFolder(to.dir, added[1]), 'last.checkpoint'), 'utf8')).toBe('checkpoint of 2')
    const bare = opened(temporaryFolder())
    const [id] = (await importRuns(bare, await exported(from))).added
    expect(existsSync(join(runFolder(bare.dir, id), 'last.checkpoint'))).toBe(false)
  })

  it('once: again, back to where it came from, and from a copy by way of a third', async () => {
    const from = filledStore()
    const file = await exported(from)
    const to = opened(temporaryFolder())
    await importRuns(to, file)
    expect(await importRuns(to, file)).toEqual({ added: [], known: 3, trouble: null })
    expect(await importRuns(from, file)).toEqual({ added: [], known: 3, trouble: null })
    const third = opened(temporaryFolder())
    await importRuns(third, await exported(to))
    expect(await importRuns(third, file)).toMatchObject({ added: [], known: 3 })
    expect(await importRuns(from, await exported(third))).toMatchObject({ added: [], known: 3 })
    expect(all(from)).toHaveLength(3)
  })

  it('also what was deleted here since: it was asked for', async () => {
    const store = filledStore()
    const file = await exported(store)
    const before = contentOf(store, 1)
    store.trashRuns([{ id: 1, created: store.run(1)?.created ?? 0 }])
    expect(await importRuns(store, file)).toEqual({ added: [], known: 3, trouble: null })
    expect(contentOf(store, 1)).toEqual(before)
    store.trashRuns([{ id: 1, created: store.run(1)?.created ?? 0 }])
    store.emptyTrash(Date.now() + 1)
    const { added } = await importRuns(store, file)
    expect(added).toHaveLength(1)
    expect(contentOf(store, added[0])).toEqual(before)
  })

  it('and changes nothing that is here', async () => {
    const from = filledStore()
    const to = filledStore()
    const before = all(to).map(id => contentOf(to, id))
    const { added } = await importRuns(to, await exported(from))
    expect(added).toHaveLength(3)
    expect(
      all(to)
        .filter(id => !added.includes(id))
        .map(id => contentOf(to, id)),
    ).toEqual(before)
  })
})

describe('a file that is not whole', () => {
  it('gives the runs that are, says what is wrong, and can be imported again when it is mended', async () => {
    const from = filledStore()
    const file = await exported(from)
    const text = readFileSync(file, 'utf8')
    const lines = text.trimEnd().split('\n')
    const isEnd = (line: string) => line.includes('"kind":"end"')
    const second = lines.findIndex((line, i) => isEnd(line) && lines.slice(0, i).some(isEnd))
    const broken: [string, string][] = [
      [lines.slice(0, second).join('\n'), 'in the middle of 三元组'],
      [lines.toSpliced(second - 3, 1).join('\n'), 'are missing'],
      [lines.toSpliced(second - 1, 1, '{"kind":').join('\n'), `Line ${second} is not`],
      [lines.toSpliced(second, 1).join('\n'), 'in the middle of 三元组'],
    ]
    for (const [content, said] of broken) {
      const to = opened(temporaryFolder())
      writeFileSync(file, content)
      const { added, trouble } = await importRuns(to, file)
      expect(trouble).toContain(said)
      expect(added).toHaveLength(1)
      expect(contentOf(to, added[0])).toEqual(contentOf(from, 1))
      expect(all(to)).toEqual(added)
      writeFileSync(file, text)
      expect(await importRuns(to, file)).toMatchObject({ known: 1, trouble: null, added: [{}, {}] })
    }
  })

  it('or is something else, is refused in words', async () => {
    const to = opened(temporaryFolder())
    const file = join(temporaryFolder(), 'some.jsonl')
    const trouble = async (content: string) => {
      writeFileSync(file, content)
      return (await importRuns(to, file)).trouble
    }
    expect(await trouble('')).toContain('empty')
    expect(await trouble('a,b,c\n1,2,3\n')).toContain('not a file that Triplet Lab has exported')
    expect(await trouble('{"kind":"triplet-lab","format":99,"version":"7.0.0","exported":1}\n')).toContain('7.0.0')
    expect((await importRuns(to, `${file}.gone`)).trouble).toContain('cannot be read')
    expect(all(to)).toEqual([])
  })

  it('does not take the place of one that is whole until it is written', async () => {
    const store = filledStore()
    const file = await exported(store)
    const before = readFileSync(file, 'utf8')
    const broken = { ...store, metricsOf: () => { throw new Error('The disk is gone.') } } // prettier-ignore
    await expect(exportRuns(broken, [1], 'jsonl', file)).rejects.toThrow('The disk is gone.')
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(existsSync(`${file}.writing`)).toBe(false)
  })
})
