import { parse } from 'csv-parse/sync'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../server/transfer/crc32c.ts'
import { exportRuns } from '../../server/transfer/exportRuns.ts'
import { temporaryFolder } from '../store/helpers.ts'
import { all, filledStore } from './helpers.ts'

const records = (file: string) => parse<Record<string, string>>(readFileSync(file), { columns: true })

describe('CSV', () => {
  it('has a line a run, with every digit', async () => {
    const store = filledStore()
    const file = join(temporaryFolder(), 'runs.csv')
    await exportRuns(store, all(store), 'csv', file)
    const found = records(file)
    expect(found).toHaveLength(3)
    for (const line of found) {
      const run = store.run(Number(line['id']))
      expect(line['name']).toBe(run?.name)
      expect(Number(line['loss.margin'])).toBe(run?.spec.loss.margin)
      expect(Number(line['test/recallAt1'])).toBe(run?.summaries['test/recallAt1'].last)
      expect(Number(line['loss (best)'])).toBe(run?.summaries['loss'].min)
      expect(line['notes']).toBe(run?.notes)
    }
  })

  it('has a line a point, with holes', async () => {
    const store = filledStore()
    const file = join(temporaryFolder(), 'points.csv')
    await exportRuns(store, [2], 'points', file)
    const loss = records(file).filter(line => line['metric'] === 'loss')
    const { values, steps, times } = store.rawPoints(2, 'loss')
    expect(loss.map(line => (line['value'] === '' ? NaN : Number(line['value'])))).toEqual(values)
    expect(loss.map(line => [Number(line['step']), Number(line['time'])])).toEqual(
      steps.map((step, i) => [step, times[i]]),
    )
  })
})

it('a folder that holds something is left as it is', async () => {
  const store = filledStore()
  for (const format of ['mlflow', 'tensorboard'] as const) {
    const folder = join(temporaryFolder(), 'out')
    // TensorBoard's runs lie in folders of their own: those count.
    const inside = format === 'mlflow' ? folder : join(folder, 'sub-faces', '3 single')
    mkdirSync(inside, { recursive: true })
    writeFileSync(join(inside, 'mine.txt'), 'mine')
    await expect(exportRuns(store, [3], format, folder)).rejects.toThrow('is not empty')
    expect(readFileSync(join(inside, 'mine.txt'), 'utf8')).toBe('mine')
  }
})

it('CRC-32C is that of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa')
  expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe('62a8ab43')
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e')
})
