/**
 * An `mlruns` folder, MLflow's file store: experiments, runs, parameters, metrics and tags, as mlflow.store.tracking.
 * FileStore reads them. `mlflow migrate-filestore --source FOLDER --target sqlite:///mlflow.db` takes it into a database.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RunRow, RunStatus } from '../../protocol/runEvent.ts'
import { flatten } from '../../protocol/specDifference.ts'
import type { Store } from '../store/store.ts'
import { newFolder, type Progress, TextFile } from './output.ts'

/** MLflow refuses longer ones. */
const longestParameter = 6000

/** @param folder the `mlruns` folder; it must be new or empty */
export async function exportMlflow(
  store: Store,
  runs: readonly RunRow[],
  folder: string,
  progress: Progress,
): Promise<void> {
  const root = resolve(folder)
  await newFolder(root)
  for (const [experiment, own] of Map.groupBy(runs, run => run.experiment)) {
    const id = experimentId(experiment)
    const experimentFolder = await newFolder(join(root, id))
    const created = Math.min(...own.map(run => run.created))
    await writeFile(
      join(experimentFolder, 'meta.yaml'),
      yaml({
        artifact_location: pathToFileURL(experimentFolder).href,
        creation_time: created,
        experiment_id: id,
        last_update_time: Math.max(...own.map(run => run.ended ?? run.created)),
        lifecycle_stage: 'active',
        name: experiment,
      }),
    )
    for (const run of own) {
      await exportRun(store, run, experimentFolder, id)
      await progress()
    }
  }
}

async function exportRun(store: Store, run: RunRow, experimentFolder: string, experiment: string): Promise<void> {
  const id = digest(store.runOrigin(run.id, run.created)).slice(0, 32)
  const folder = join(experimentFolder, id)
  const artifacts = join(folder, 'artifacts')
  for (const name of ['params', 'metrics', 'tags']) await mkdir(join(folder, name), { recursive: true })
  await mkdir(artifacts)
  await writeFile(
    join(folder, 'meta.yaml'),
    yaml({
      artifact_uri: pathToFileURL(artifacts).href,
      end_time: run.ended,
      entry_point_name: '',
      experiment_id: experiment,
      lifecycle_stage: 'active',
      run_id: id,
      run_name: run.name,
      source_name: 'triplet-lab',
      source_type: 4,
      source_version: '',
      start_time: run.started ?? run.created,
      status: runStatus(run.status),
      tags: [],
      user_id: '',
    }),
  )
  await writeFile(join(artifacts, 'settings.json'), `${JSON.stringify(run.spec, null, 2)}\n`)
  for (const [name, value] of flatten(run.spec))
    await put(join(folder, 'params', name), String(value).slice(0, longestParameter))
  for (const [name, value] of tagsOf(run)) await put(join(folder, 'tags', name), value)
  for (const metric of store.metricsOf(run.id)) {
    const path = join(folder, 'metrics', ...metric.split('/'))
    await mkdir(dirname(path), { recursive: true })
    const { steps, values, times } = store.rawPoints(run.id, metric)
    await TextFile.write(path, async file => {
      for (const [i, step] of steps.entries()) file.append(`${times[i]} ${pythonNumber(values[i])} ${step}\n`)
      await file.flush()
    })
  }
}

function tagsOf(run: RunRow): [string, string][] {
  return [
    ['mlflow.runName', run.name],
    ['mlflow.note.content', run.notes],
    ['triplet-lab.run', String(run.id)],
    ['triplet-lab.engine', run.engine ?? ''],
    ['triplet-lab.tags', run.tags.join(', ')],
    ['triplet-lab.starred', run.star ? 'true' : ''],
    ['triplet-lab.group', run.heading],
    ['triplet-lab.message', run.message ?? ''],
  ].filter((entry): entry is [string, string] => entry[1] !== '')
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** `RunStatus` of mlflow.protos.service. */
function runStatus(status: RunStatus): number {
  if (status === 'done') return 3
  if (status === 'failed' || status === 'diverged') return 4
  if (status === 'stopped') return 5
  return status === 'queued' ? 2 : 1
}

const pythonNumber = (value: number) => (Number.isFinite(value) ? String(value) : 'nan')

/** Eighteen digits, the same for the same name: MLflow wants a number. */
function experimentId(name: string): string {
  return (BigInt(`0x${digest(name).slice(0, 15)}`) % 10n ** 18n).toString().padStart(18, '1')
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** A flat mapping. JSON's strings, numbers and `null` are YAML's too. */
function yaml(values: Readonly<Record<string, string | number | null | readonly never[]>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('')
}
