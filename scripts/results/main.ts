/** Trains what docs/results.md shows and is not yet in docs/results.json, and writes the page: `npm run results`. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { type Figure, Figures } from './figures.ts'
import { type RowFigures, resultsPage, type StudyFigures } from './page.ts'
import { rawPixels } from './rawPixels.ts'
import { keyOf, placed, root, specOf, withoutUnused } from './specs.ts'
import { type Row, studies, type Study } from './studies.ts'
import { train } from './train.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', multiple: true, default: [] },
    threads: { type: 'string' },
    page: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`npm run results -- [--only TEXT …] [--seed N …] [--threads N] [--page]
  --only  only runs whose "study: row" contains one of the texts
  --seed  only these seeds
  --threads  that a run may use; several of these scripts can then run side by side
  --page  train nothing; write docs/results.md from docs/results.json
Runs that are finished are kept in docs/results.json and not run again. Pictures that are not part of the project are read
from the folder that an environment variable names: ${studies.flatMap(({ folder }) => folder ?? []).join(', ')}.`)
  process.exit(0)
}

interface Job {
  readonly study: Study
  readonly row: string
  readonly seed: number
  readonly spec: RunSpec
  readonly key: string
  readonly raw: boolean
}

const threads = values.threads === undefined ? null : Number(values.threads)
const rawRow = 'raw pixels'
const figures = new Figures()

function jobsOf(study: Study): Job[] {
  const job = (row: Row, seed: number, raw: boolean): Job => {
    const spec = specOf(row.experiment, seed)
    // Nothing of the training counts for pixels: other settings leave their figures as they are.
    const { dataset, image, split, evaluation } = spec
    const key = keyOf(
      raw
        ? { dataset: withoutPath(dataset), image, split, gallery: evaluation.gallery }
        : { ...spec, dataset: withoutPath(dataset), augment: withoutUnused(spec.augment) },
    )
    return { study, row: row.name, seed, spec, key, raw }
  }
  return [
    ...study.rawSeeds.map(seed => job({ ...study.rows[0], name: rawRow }, seed, true)),
    ...study.rows.flatMap(row => row.seeds.map(seed => job(row, seed, false))),
  ]
}

const withoutPath = (dataset: RunSpec['dataset']) => (dataset.kind === 'folder' ? { kind: dataset.kind } : dataset)

const jobs = studies.flatMap(jobsOf)
const found = (job: Job) => figures.find(job.study.id, job.row, job.key)
const chosen = (job: Job) =>
  (values.only.length === 0 || values.only.some(text => `${job.study.id}: ${job.row}`.includes(text))) &&
  (values.seed.length === 0 || values.seed.includes(String(job.seed)))

// The first seed of everything before the second of anything: a page that is not complete yet then leaves no row out.
const missing = values.page ? [] : jobs.filter(job => chosen(job) && !found(job)).toSorted((a, b) => a.seed - b.seed)
for (const [i, job] of missing.entries()) {
  const { study, row, seed, spec, key, raw } = job
  const title = `${study.id}: ${row}, seed ${seed}`
  const folder = study.folder === undefined ? null : (process.env[study.folder] ?? null)
  if (study.folder !== undefined && (folder === null || !existsSync(folder))) {
    console.log(`${title} left out: ${study.folder} names no folder.`)
    continue
  }
  console.log(`${i + 1}/${missing.length} ${title}`)
  const here = { ...spec, dataset: placed(spec.dataset, folder) }
  const result = raw ? await rawPixels(here) : await train(here, threads, text => console.log(`  ${text}`))
  figures.add({ key, study: study.id, row, seed, ...result }, isCurrent)
  await writePage()
}
await writePage()

function isCurrent(figure: Figure): boolean {
  return jobs.some(job => job.study.id === figure.study && job.row === figure.row && job.key === figure.key)
}

async function writePage(): Promise<void> {
  const file = join(root, 'docs/results.md')
  const page = resultsPage(studies.map(collect))
  writeFileSync(file, await format(page, { ...(await resolveConfig(file)), parser: 'markdown' }))
}

function collect(study: Study): StudyFigures {
  const own = jobs.filter(job => job.study === study)
  const figuresOf = (name: string, experiment: RowFigures['experiment'], seeds: number): RowFigures => ({
    name,
    experiment,
    seeds,
    figures: own.filter(job => job.row === name).flatMap(job => found(job) ?? []),
  })
  return {
    study,
    raw: figuresOf(rawRow, null, study.rawSeeds.length),
    rows: study.rows.map(({ name, experiment, seeds }) => figuresOf(name, experiment, seeds.length)),
  }
}
