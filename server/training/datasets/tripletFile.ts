import * as l10n from '@vscode/l10n'
import { parse } from 'csv-parse/sync'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import type { Dataset, Split } from './dataset.ts'
import { DatasetError, systemErrorCode } from './datasetError.ts'

/** Triplets of a file, as far as they can be trained on. */
export interface FileTriplets {
  /** Row-major [count, 3], as positions in the training side of the split. */
  readonly positions: Int32Array
  /** Lines that were left out, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** Of the file: a run that goes on has to find the same triplets. */
  readonly fingerprint: string
}

const roles = ['anchor', 'positive', 'negative'] as const

/**
 * Reads a file of triplets: CSV with the columns anchor, positive and negative (commas, semicolons or tabs; without a first
 * line that names them, in this order). Each names a picture of the dataset: by its path, relative to the triplets' file, to
 * the dataset's folder or as the dataset's own list has it, or as the run's messages call it. Lines that name no picture,
 * the same picture twice, or a held-out one are left out: nothing held out may be trained on.
 *
 * @throws DatasetError when the file is missing, no such table, or no line is left
 */
export async function readTripletFile(
  path: string,
  source: DatasetSpec,
  dataset: Dataset,
  split: Split,
): Promise<FileTriplets> {
  const text = await read(path)
  const lines = parseLines(text, path)
  const known = namesOf(source, dataset)
  const find = (written: string) => known.get(written) ?? known.get(resolve(dirname(path), written))
  const training = new Map(Array.from(split.train, (index, position) => [index, position]))
  const positions: number[] = []
  const skipped: { path: string; reason: string }[] = []
  for (const { line, cells } of lines) {
    const found = place(cells, find, training)
    if (typeof found === 'string') skipped.push({ path: l10n.t('line {0}', line), reason: found })
    else positions.push(...found)
  }
  if (positions.length === 0) {
    const first = skipped.at(0)
    throw new DatasetError(
      'empty',
      path,
      first === undefined
        ? l10n.t('{0} has no triplets.', path)
        : l10n.t('No triplet of {0} can be trained on. {1}: {2}.', path, first.path, first.reason),
    )
  }
  const fingerprint = createHash('sha256').update(text).digest('hex')
  return { positions: Int32Array.from(positions), skipped, fingerprint }
}

/** @returns positions of the three, or what is wrong with them */
function place(
  cells: readonly string[],
  find: (written: string) => number | undefined,
  training: ReadonlyMap<number, number>,
): number[] | string {
  const indices: number[] = []
  const positions: number[] = []
  for (const written of cells) {
    const index = find(written)
    if (index === undefined) return l10n.t('{0} is no picture of the dataset', written === '' ? '""' : written)
    const position = training.get(index)
    if (position === undefined) return l10n.t('{0} is held out for the test', written)
    indices.push(index)
    positions.push(position)
  }
  if (new Set(indices).size < roles.length) return l10n.t('it names a picture twice')
  return positions
}

/** Everything that a picture may be called. */
function namesOf(source: DatasetSpec, dataset: Dataset): Map<string, number> {
  const root = source.kind === 'folder' ? source.path : source.kind === 'csv' ? dirname(source.path) : null
  const names = new Map<string, number>()
  for (let index = 0; index < dataset.labels.length; index++) {
    const name = dataset.describe(index)
    names.set(name, index)
    if (root !== null) names.set(resolve(join(root, name)), index)
  }
  return names
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw systemErrorCode(error) === 'ENOENT'
      ? new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
      : new DatasetError('unreadable', path, l10n.t('{0} cannot be read: {1}', path, String(error)), { cause: error })
  }
}

const Lines = v.array(v.object({ info: v.object({ lines: v.number() }), record: v.array(v.string()) }))

function parseLines(text: string, path: string): { readonly line: number; readonly cells: readonly string[] }[] {
  let lines: v.InferOutput<typeof Lines>
  try {
    const delimiter = [',', ';', '\t']
    lines = v.parse(Lines, parse(text, { bom: true, delimiter, info: true, skip_empty_lines: true, trim: true }))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError('unreadable', path, l10n.t('{0} is not a table that can be read: {1}', path, reason), {
      cause: error,
    })
  }
  const header = lines.at(0)?.record.map(cell => cell.toLowerCase()) ?? []
  const named = roles.map(role => header.indexOf(role))
  const columns = named.includes(-1) ? [0, 1, 2] : named
  if (lines.length > 0 && header.length < roles.length)
    throw new DatasetError(
      'unsupported',
      path,
      l10n.t('{0} needs three columns: anchor, positive and negative. It has {1}.', path, header.length),
    )
  return lines
    .slice(named.includes(-1) ? 0 : 1)
    .map(({ info, record }) => ({ line: info.lines, cells: columns.map(column => record[column]) }))
}
