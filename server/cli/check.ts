import * as l10n from '@vscode/l10n'
import { hasErrors, problemLine, readExperiment } from './experimentFile.ts'
import { exitDone, exitWrongInput, printJson, say } from './output.ts'

/** `triplet-lab check FILE`: every problem with its place. */
export async function check(file: string, options: { readonly json?: true }): Promise<void> {
  const checked = await readExperiment(file)
  if (!checked) return
  const { problems, runs } = checked
  if (options.json)
    printJson({
      file,
      runs: runs.length,
      problems: problems.map(({ start, end, ...rest }) => ({
        ...rest,
        line: start.line + 1,
        column: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
      })),
    })
  else {
    for (const problem of problems) process.stdout.write(`${problemLine(file, problem)}\n`)
    if (problems.length === 0)
      say(runs.length === 1 ? l10n.t('No problems.') : l10n.t('No problems. The file describes {0} runs.', runs.length))
  }
  process.exitCode = hasErrors(problems) ? exitWrongInput : exitDone
}
