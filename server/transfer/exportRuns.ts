/** Runs for other programs, and for another Triplet Lab: the same from the editor and the terminal. */
import { writeFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { assertNever } from '../../protocol/assertNever.ts'
import type { ExportFormat } from '../../protocol/exportFormat.ts'
import { latexTable, markdownTable, runsTable } from '../../protocol/runsTable.ts'
import type { Store } from '../store/store.ts'
import { exportCsv, exportPointsCsv } from './csv.ts'
import { exportJsonLines } from './jsonl.ts'
import { exportMlflow } from './mlflow.ts'
import type { Progress } from './output.ts'
import { exportTensorBoard } from './tensorboard.ts'

export interface ExportOptions {
  /** JSON lines only: with the checkpoints, so that the runs can be trained on elsewhere. */
  readonly checkpoints?: boolean
  readonly progress?: Progress
}

/**
 * @param target the file, or for `tensorboard` and `mlflow` the folder, which must be new or empty
 * @returns how many of the runs there were
 * @throws ExportError, whose message is for people, when the folder is not empty; what the file system throws
 */
export async function exportRuns(
  store: Store,
  runIds: readonly number[],
  format: ExportFormat,
  target: string,
  options: ExportOptions = {},
): Promise<number> {
  const { checkpoints = false } = options
  const progress = async () => {
    await options.progress?.()
    await setImmediate()
  }
  const runs = runIds.flatMap(id => store.run(id) ?? [])
  switch (format) {
    case 'csv':
      await exportCsv(runs, target)
      break
    case 'points':
      await exportPointsCsv(store, runs, target, progress)
      break
    case 'jsonl':
      await exportJsonLines(store, runs, target, { checkpoints, progress })
      break
    case 'tensorboard':
      await exportTensorBoard(store, runs, target, progress)
      break
    case 'mlflow':
      await exportMlflow(store, runs, target, progress)
      break
    case 'markdown':
      await writeFile(target, markdownTable(runsTable(runs)))
      break
    case 'latex':
      await writeFile(target, latexTable(runsTable(runs)))
      break
    default:
      assertNever(format)
  }
  return runs.length
}
