/** The results table: what it is made of can be run, and it says what the figures say. */
import { describe, expect, test } from 'vitest'
import type { Figure } from '../../scripts/results/figures.ts'
import { resultsPage, type RowFigures } from '../../scripts/results/page.ts'
import { keyOf, placed, specOf, withoutUnused } from '../../scripts/results/specs.ts'
import { studies, type Study } from '../../scripts/results/studies.ts'

describe('the studies', () => {
  test('are experiments without problems, and no two rows of a study are the same', () => {
    for (const study of studies) {
      const keys = study.rows.flatMap(row => row.seeds.map(seed => keyOf(specOf(row.experiment, seed))))
      expect(new Set(keys).size, study.id).toBe(keys.length)
      expect(new Set(study.rows.map(row => row.name)).size, study.id).toBe(study.rows.length)
    }
  })

  test('hold out another side with another seed', () => {
    const [first, second] = [1, 2].map(seed => specOf({ dataset: { name: 'emoji' } }, seed))
    expect([first.seed, first.split.seed, second.seed, second.split.seed]).toEqual([1, 1, 2, 2])
    expect(() => specOf({ dataset: { name: 'emoji' }, loss: { margin: -1 } }, 1)).toThrow('margin')
  })

  test('keep their figures when a setting is added that they do not use', () => {
    const { augment } = specOf({ dataset: { name: 'emoji' }, augment: { shift: 2 } }, 1)
    expect(Object.keys(withoutUnused(augment)).join()).toBe(
      'flip,shift,rotate,zoom,color,grayscale,erase,mirrorClasses,turnClasses,recolorClasses',
    )
    expect(withoutUnused({ ...augment, warpClasses: 3 })).toMatchObject({ shift: 2, warpClasses: 3 })
  })

  test('read pictures that are not shipped from the folder that is named, and others from where they are', () => {
    const { dataset } = specOf({ dataset: { folder: './pictures' } }, 1)
    expect(placed(dataset, '/faces')).toEqual({ kind: 'folder', path: '/faces' })
    expect(placed({ kind: 'emoji' }, '/faces')).toEqual({ kind: 'emoji' })
  })
})

const figure = (row: string, seed: number, r1: number, outcome: Figure['outcome'] = 'done'): Figure => ({
  key: `${row}${seed}`,
  study: 's',
  row,
  seed,
  outcome,
  values: { 'test/recallAt1': r1 },
  epochs: row === 'raw pixels' ? 0 : 5,
  steps: 10,
  seconds: 60,
  cpuSeconds: 120,
  engine: 'onnx-cpu',
  cores: 2,
  processor: 'p',
})
const row = (name: string, ...figures: Figure[]): RowFigures => ({
  name,
  experiment: { dataset: { name: 'emoji' }, mining: name },
  seeds: 3,
  figures,
})
const study = (kind: Study['kind']): Study => ({
  id: 's',
  title: 'Study',
  about: 'About it.',
  metrics: ['test/recallAt1'],
  kind,
  rows: [],
  rawSeeds: [1, 2, 3],
})

describe('the page', () => {
  const raw = row('raw pixels', ...[0.39, 0.42, 0.42].map((r1, i) => figure('raw pixels', i + 1, r1)))
  const hard = row('batch-hard', ...[0.2, 0.2].map((r1, i) => figure('batch-hard', i + 1, r1, 'collapsed')))
  const semi = row('semi-hard', ...[0.6, 0.62, 0.64].map((r1, i) => figure('semi-hard', i + 1, r1)))
  const all = row('batch-all', ...[0.59, 0.6, 0.61].map((r1, i) => figure('batch-all', i + 1, r1)))
  const lines = (kind: Study['kind'], rows: RowFigures[]) =>
    resultsPage([{ study: study(kind), raw, rows }]).split('\n')

  test('shows mean and interval, the seeds that are there, and what collapsed', () => {
    const page = lines('recipes', [semi, hard, row('random')])
    // t(2) = 4.303: 4.303 · 0.02 / √3 = 0.0497.
    expect(page).toContain('| semi-hard | 62.0 ± 5.0 % | 5 | 3 | 2.0 min |')
    expect(page).toContain('| batch-hard (collapsed) | 20.0 ± 0.0 % | 5 | 2 of 3 | 2.0 min |')
    expect(page).toContain('| random | – |  | 0 of 3 | – |')
    expect(page.findIndex(line => line.startsWith('| raw'))).toBeLessThan(
      page.findIndex(line => line.startsWith('| semi')),
    )
  })

  test('says whose time it is where machines differ', () => {
    const slow = { ...figure('slow', 1, 0.6), processor: 'q' }
    expect(lines('recipes', [semi]).filter(line => line.startsWith('CPU'))).toEqual([])
    expect(lines('recipes', [semi, row('slow', slow)])).toContain(
      'CPU time was taken on several machines: raw pixels, semi-hard on p; slow on q.',
    )
  })

  test('ranks miners, and says which are as good as the best and which collapse', () => {
    const page = lines('miners', [hard, all, semi])
    const order = page.flatMap(line => /^\| (semi-hard|batch-all|batch-hard|raw)/.exec(line)?.[1] ?? [])
    expect(order).toEqual(['semi-hard', 'batch-all', 'batch-hard', 'raw'])
    expect(page).toContain(
      'Highest here: **semi-hard**; within its interval: batch-all. Collapsed in at least one run: batch-hard.',
    )
    expect(page.join('\n')).not.toContain('"mining"')
    expect(lines('miners', [row('random')])).toContain('Not run yet.')
  })
})
