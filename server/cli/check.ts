import * as l10n from '@vscode/l10n'
import type { Problem } from '../../protocol/requests.ts'
import { hasErrors, problemLine, readExperiment } from './experimentFile.ts'
import { exitDone, exitWrongInput, printJson, say } from './output.ts'

/** `triplet-lab check FILE …`: every problem with its place. Of one file the JSON is that file's; of several, a list. */
export async function check(files: readonly string[], options: { readonly json?: true }): Promise<void> {
  const answers: object[] = []
  let isWrong = false
  for (const file of files) {
    const checked = await readExperiment(file)
    if (!checked) {
      isWrong = true
      continue
    }
    const { problems, runs } = checked
    isWrong ||= hasErrors(problems)
    answers.push({ file, runs: runs.length, problems: problems.map(placed) })
    if (options.json) continue
    for (const problem of problems) process.stdout.write(`${problemLine(file, problem)}\n`)
    if (problems.length > 0) continue
    const fine =
      runs.length === 1 ? l10n.t('No problems.') : l10n.t('No problems. The file describes {0} runs.', runs.length)
    say(files.length === 1 ? fine : `${file}: ${fine}`)
  }
  const [first] = answers
  if (options.json && answers.length > 0) printJson(files.length === 1 ? first : { files: answers })
  process.exitCode = isWrong ? exitWrongInput : exitDone
}

/** Counted from 1, as people and editors count. */
function placed({ start, end, ...rest }: Problem): object {
  return {
    ...rest,
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  }
}
