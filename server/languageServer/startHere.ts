/** Starting training for editors that have no command of their own for it: messages say what a panel would show. */
import * as l10n from '@vscode/l10n'
import { startExperiment } from './requests.ts'
import type { RequestContext } from './requestContext.ts'

export async function startHere(context: RequestContext, uri: string): Promise<void> {
  const { window } = context.connection
  const answer = await startExperiment(context, uri)
  if (answer.kind === 'refused') {
    const first = answer.problems.at(0)
    if (first !== undefined) window.showErrorMessage(first.message)
    return
  }
  const id = answer.runIds.at(0)
  if (id === undefined) return
  window.showInformationMessage(
    answer.runIds.length === 1
      ? l10n.t('Run {0} has started. Follow it in a terminal: triplet-lab show {0}', id)
      : l10n.t('{0} runs have started. Follow them in a terminal: triplet-lab runs', answer.runIds.length),
  )
}
