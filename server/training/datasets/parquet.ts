import * as l10n from '@vscode/l10n'
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type FileMetaData,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import * as v from 'valibot'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import { PictureError } from './decodePicture.ts'
import { stamps } from './folder.ts'
import type { ImageSpec } from './imageSpec.ts'
import type { CacheContext } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { openPictures, type PictureEntry } from './packPictures.ts'

const labelColumns = ['label', 'labels', 'fine_label', 'class', 'identity', 'target', 'name']

/** One file of pictures in columns. */
export interface ParquetFile {
  readonly path: string
  /** By its name: Hugging Face writes `train-00000-of-00001.parquet`. */
  readonly side: 0 | 1 | null
  readonly metadata: FileMetaData
  readonly rows: number
  readonly imageColumn: string
  readonly labelColumn: string
  /** Names of the numbers in the label column, where the file says them. */
  readonly classNames: readonly string[] | null
}

/**
 * Opens pictures in Parquet, as Hugging Face's datasets are stored: a column with the encoded picture (its bytes, or a
 * record of bytes and path) and a column with the label. `path` is one file, or a folder with the parts of a dataset,
 * whose names say whether they are `train` or `test`. Read one row group at a time.
 *
 * @throws DatasetError when a file is missing, truncated, or has no such columns
 */
export async function openParquet(path: string, image: ImageSpec, context: CacheContext): Promise<PackedDataset> {
  const files = await listParquet(path)
  const identity = ['parquet', path, await stamps('', files)]
  return openPictures(path, identity, image, context, async () => {
    const parts = await Promise.all(files.map(file => inspectParquet(file.path)))
    return {
      path,
      classOrder: parts[0].classNames,
      skipped: [],
      entries: rowsOf(parts, path),
    }
  })
}

/** @throws DatasetError when there is no Parquet file at `path` */
export async function listParquet(path: string): Promise<readonly { readonly path: string }[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ path }]
    const names = (await readdir(path, { recursive: true })).filter(name => name.endsWith('.parquet')).sort()
    if (names.length > 0) return names.map(name => ({ path: join(path, name) }))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
    throw error
  }
  throw new DatasetError('empty', path, l10n.t('{0} holds no .parquet files.', path))
}

const HuggingFace = v.object({
  info: v.object({
    features: v.record(
      v.string(),
      v.looseObject({ _type: v.optional(v.string()), names: v.optional(v.array(v.string())) }),
    ),
  }),
})

/** Reads a file's columns, not its rows. @throws DatasetError when it is no such file */
export async function inspectParquet(path: string): Promise<ParquetFile> {
  const metadata = await readMetadata(path)
  refuseLargeGroups(metadata, path)
  const columns = parquetSchema(metadata).children
  const isPicture = (column: (typeof columns)[number]): boolean =>
    column.children.some(child => child.element.name === 'bytes') ||
    (column.element.type === 'BYTE_ARRAY' && column.element.converted_type !== 'UTF8')
  const imageColumn = columns.find(isPicture)?.element.name
  const names = columns.map(column => column.element.name)
  const labelColumn = labelColumns.find(name => names.includes(name))
  if (imageColumn === undefined || labelColumn === undefined)
    throw new DatasetError(
      'unsupported',
      path,
      l10n.t('{0} needs a column with encoded pictures and a column label; it has {1}.', path, names.join(', ')),
    )
  const written = metadata.key_value_metadata?.find(entry => entry.key === 'huggingface')?.value
  const hints = written === undefined ? null : v.safeParse(HuggingFace, parseJson(written))
  const classNames = hints?.success
    ? (new Map(Object.entries(hints.output.info.features)).get(labelColumn)?.names ?? null)
    : null
  const first = /^(train|test|validation|valid|val)\b/.exec(basename(path))?.[1] ?? basename(dirname(path))
  const side = first === 'train' ? 0 : ['test', 'validation', 'valid', 'val'].includes(first) ? 1 : null
  return { path, side, metadata, rows: Number(metadata.num_rows), imageColumn, labelColumn, classNames }
}

/** A row group is unpacked as a whole; a file that says it has a larger one is refused before that. */
const mostGroupBytes = 1 << 30

function refuseLargeGroups({ row_groups: groups }: FileMetaData, path: string): void {
  for (const { columns } of groups) {
    const bytes = columns.reduce((sum, { meta_data: of }) => sum + Number(of?.total_uncompressed_size ?? 0), 0)
    if (bytes > mostGroupBytes)
      throw new DatasetError(
        'unsupported',
        path,
        l10n.t(
          '{0} has a row group that unpacks to {1} MB; at most {2} MB are read at once. Write it with smaller row groups.',
          path,
          Math.round(bytes / 1e6),
          Math.round(mostGroupBytes / 1e6),
        ),
      )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function readMetadata(path: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(await asyncBufferFromFile(path))
  } catch (error) {
    throw damaged(path, error)
  }
}

function damaged(path: string, error: unknown): DatasetError {
  if (systemErrorCode(error) === 'ENOENT')
    return new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  return new DatasetError(
    'unreadable',
    path,
    l10n.t('{0} cannot be read as Parquet: {1}. Download it again.', path, reason),
    { cause: error },
  )
}

const Bytes = v.instance(Uint8Array<ArrayBuffer>)
const Picture = v.union([
  v.object({ bytes: Bytes, path: v.nullish(v.string()) }),
  v.pipe(
    Bytes,
    v.transform(bytes => ({ bytes, path: null })),
  ),
])
const Label = v.union([v.string(), v.number(), v.bigint(), v.boolean()])

/** Labels as text: the name that the file gives to a number, else the number. */
export function labelText(value: unknown, classNames: readonly string[] | null): string | null {
  const label = v.safeParse(Label, value)
  if (!label.success) return null
  return typeof label.output === 'string' ? label.output : (classNames?.[Number(label.output)] ?? String(label.output))
}

async function* rowsOf(files: readonly ParquetFile[], root: string): AsyncGenerator<PictureEntry> {
  const sided = files.every(file => file.side !== null) && new Set(files.map(file => file.side)).size === 2
  for (const { path, metadata, imageColumn, labelColumn, classNames, side } of files) {
    const file = await asyncBufferFromFile(path)
    const called = relative(root, path) || basename(path)
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows)
      const rows = await parquetReadObjects({
        file,
        metadata,
        columns: [imageColumn, labelColumn],
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      }).catch((error: unknown) => {
        throw damaged(path, error)
      })
      for (const [offset, row] of rows.entries()) {
        const name = `${called} #${rowStart + offset}`
        const picture = v.safeParse(Picture, row[imageColumn])
        const label = labelText(row[labelColumn], classNames)
        yield {
          name: picture.success && picture.output.path ? picture.output.path : name,
          label: label ?? '',
          side: sided ? side : null,
          bytes: () => {
            if (label === null) return Promise.reject(new PictureError(l10n.t('it has no label')))
            if (!picture.success) return Promise.reject(new PictureError(l10n.t('it holds no picture')))
            return Promise.resolve(picture.output.bytes)
          },
        }
      }
      rowStart = rowEnd
    }
  }
}
