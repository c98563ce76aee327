import * as l10n from '@vscode/l10n'
import { parse } from 'csv-parse/sync'
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import * as v from 'valibot'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import { stamps } from './folder.ts'
import type { ImageSpec } from './imageSpec.ts'
import type { CacheContext } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { openPictures, type PictureEntry } from './packPictures.ts'

/** The names that people give to the columns. */
const columns = {
  path: ['path', 'file', 'filename', 'file_name', 'image', 'image_path'],
  label: ['label', 'class', 'identity', 'id', 'target', 'name'],
  split: ['split', 'side', 'subset', 'set'],
} as const

const sides: ReadonlyMap<string, 0 | 1> = new Map([
  ['train', 0],
  ['training', 0],
  ['0', 0],
  ['test', 1],
  ['testing', 1],
  ['val', 1],
  ['valid', 1],
  ['validation', 1],
  ['query', 1],
  ['gallery', 1],
  ['1', 1],
])

export interface ManifestRow {
  /** As written. */
  readonly path: string
  readonly label: string
  readonly side: 0 | 1 | null
  /** In the file, from 1. */
  readonly line: number
}

export interface Manifest {
  readonly rows: readonly ManifestRow[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

/**
 * Opens the pictures that a CSV file lists: a header, then one picture a line with its path (relative to the file), its
 * label, and perhaps its side of the split (train or test; val counts as test). Commas, semicolons or tabs.
 *
 * @throws DatasetError when the file is missing, is no CSV or lacks a column
 */
export async function openManifest(file: string, image: ImageSpec, context: CacheContext): Promise<PackedDataset> {
  const manifest = await readManifest(file)
  const folder = dirname(file)
  const files = manifest.rows.map(row => ({ ...row, path: resolve(folder, row.path) }))
  const { size, mtimeMs } = await stat(file)
  const identity = ['csv', file, size, mtimeMs, await stamps('', files)]
  return openPictures(file, identity, image, context, () => ({
    path: file,
    classOrder: null,
    skipped: manifest.skipped,
    entries: files.map(({ path, label, side }, row): PictureEntry => ({
      name: manifest.rows[row].path,
      label,
      side,
      bytes: () => readFile(path),
    })),
  }))
}

const Records = v.array(v.object({ info: v.object({ lines: v.number() }), record: v.record(v.string(), v.string()) }))

/** @throws DatasetError when the file is missing, is no CSV or lacks a column */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw systemErrorCode(error) === 'ENOENT'
      ? new DatasetError('missing', file, l10n.t('{0} does not exist. Check the path.', file), { cause: error })
      : new DatasetError('unreadable', file, l10n.t('{0} cannot be read: {1}', file, String(error)), { cause: error })
  }
  const records = parseRecords(text, file)
  if (records.length === 0) throw new DatasetError('empty', file, l10n.t('{0} lists no pictures.', file))
  const present = Object.keys(records[0].record)
  const find = (names: readonly string[]): string | undefined => names.find(name => present.includes(name))
  const path = find(columns.path)
  const label = find(columns.label)
  const split = find(columns.split)
  if (path === undefined || label === undefined)
    throw new DatasetError(
      'unreadable',
      file,
      l10n.t('{0} needs the columns path and label in its first line; it has {1}.', file, present.join(', ')),
    )

  const rows: ManifestRow[] = []
  const skipped: { path: string; reason: string }[] = []
  for (const { record, info } of records) {
    const where = record[path] === '' ? l10n.t('line {0}', info.lines) : record[path]
    const side = split === undefined ? null : sides.get(record[split].toLowerCase())
    if (record[path] === '') skipped.push({ path: where, reason: l10n.t('it names no picture') })
    else if (record[label] === '') skipped.push({ path: where, reason: l10n.t('it has no label') })
    else if (split !== undefined && side === undefined)
      skipped.push({ path: where, reason: l10n.t('its split is "{0}", not train or test', record[split]) })
    else rows.push({ path: record[path], label: record[label], side: side ?? null, line: info.lines })
  }
  return { rows, skipped }
}

function parseRecords(text: string, file: string): v.InferOutput<typeof Records> {
  try {
    return v.parse(
      Records,
      parse(text, {
        bom: true,
        columns: (header: string[]) => header.map(name => name.trim().toLowerCase()),
        delimiter: [',', ';', '\t'],
        info: true,
        skip_empty_lines: true,
        trim: true,
      }),
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError('unreadable', file, l10n.t('{0} is not a table that can be read: {1}', file, reason), {
      cause: error,
    })
  }
}
