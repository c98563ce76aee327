/** Runs out of the store and into it. */
import { resolve } from 'node:path'
import * as l10n from '@vscode/l10n'
import { exportEnding, type ExportFormat } from '../../protocol/exportFormat.ts'
import { exportRuns } from '../transfer/exportRuns.ts'
import { importRuns } from '../transfer/importRuns.ts'
import { namedRuns } from './chooseRuns.ts'
import { exitFailed, exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'

export interface ExportCommandOptions extends CommonOptions {
  readonly filter?: string
  readonly format: ExportFormat
  readonly out?: string
  readonly checkpoints?: true
  readonly archived?: true
}

/** `triplet-lab export [RUN …] --format FORMAT`: the runs that are named, else all that pass the filter. */
export async function exportCommand(numbers: readonly string[], options: ExportCommandOptions): Promise<void> {
  await withStore(options.store, false, async store => {
    const runs = namedRuns(store, numbers, options.filter, { archived: options.archived, metrics: [] })
    if (runs === null) return
    if (runs.length === 0) {
      fail(exitWrongInput, l10n.t('No run passes the filter; nothing was written.'))
      return
    }
    const { format, checkpoints } = options
    const target = resolve(options.out ?? defaultName(format))
    let written = 0
    const progress = () => {
      written++
      if (written % 100 === 0) say(l10n.t('{0} of {1} runs', written, runs.length))
      return Promise.resolve()
    }
    try {
      const exported = await exportRuns(
        store,
        runs.map(run => run.id),
        format,
        target,
        { checkpoints: checkpoints === true, progress },
      )
      if (options.json) printJson({ path: target, format, runs: exported })
      else say(l10n.t('{0} runs written to {1}.', exported, target))
    } catch (error) {
      fail(exitFailed, error instanceof Error ? error.message : String(error))
    }
  })
}

function defaultName(format: ExportFormat): string {
  const ending = exportEnding[format]
  if (ending !== null) return `runs.${ending}`
  return format === 'mlflow' ? 'mlruns' : 'tensorboard'
}

/** `triplet-lab import FILE`. */
export async function importCommand(file: string, options: CommonOptions): Promise<void> {
  await withStore(options.store, true, async store => {
    const { added, known, trouble } = await importRuns(store, file)
    if (options.json) printJson({ added, known, trouble })
    else say(l10n.t('{0} runs imported, {1} were here already.', added.length, known))
    if (trouble !== null) fail(exitFailed, trouble)
  })
}
