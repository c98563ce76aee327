import * as l10n from '@vscode/l10n'
import { latexTable, markdownTable, runsTable } from '../../protocol/runsTable.ts'
import { namedRuns } from './chooseRuns.ts'
import { exitWrongInput, fail, printJson, withStore, type CommonOptions } from './output.ts'
import { columns, print } from './text.ts'

export interface CompareOptions extends CommonOptions {
  readonly filter?: string
  readonly format: 'text' | 'markdown' | 'latex'
}

/** `triplet-lab compare RUN RUN …`: what differs between runs, and how they did. */
export async function compareRuns(numbers: readonly string[], options: CompareOptions): Promise<void> {
  await withStore(options.store, false, store => {
    if (numbers.length === 0 && options.filter === undefined) {
      fail(exitWrongInput, l10n.t('Name the runs to compare, or choose them with --filter.'))
      return
    }
    const runs = namedRuns(store, numbers, options.filter)
    if (runs === null) return
    const table = runsTable(runs)
    if (options.json) printJson({ runs: runs.map(run => run.id), ...table })
    else if (options.format === 'markdown') process.stdout.write(markdownTable(table))
    else if (options.format === 'latex') process.stdout.write(latexTable(table))
    else {
      // The best of each column has a star: a terminal may have no bold.
      const marked = table.rows.map((row, i) =>
        row.map((cell, column) => (table.best[column] === i ? `${cell} *` : cell)),
      )
      print(columns([['#', ...table.head], ...marked.map((row, i) => [String(runs[i].id), ...row])]))
    }
  })
}
