/** Starting training for editors that have no command of their own for it: messages say what a panel would show. */
import * as l10n from '@vscode/l10n'
import { MessageType, ShowMessageNotification } from 'vscode-languageserver/node'
import { startExperiment } from './requests.ts'
import type { RequestContext } from './requestContext.ts'

/** @param axis the only one that is to vary */
export async function startHere(context: RequestContext, uri: string, axis?: string): Promise<void> {
  const say = (type: MessageType, message: string) =>
    context.connection.sendNotification(ShowMessageNotification.type, { type, message })
  const answer = await startExperiment(context, uri, axis)
  if (answer.kind === 'refused') {
    const first = answer.problems.at(0)
    if (first !== undefined) await say(MessageType.Error, first.message)
    return
  }
  const id = answer.runIds.at(0)
  if (id === undefined) return
  await say(
    MessageType.Info,
    answer.runIds.length === 1
      ? l10n.t('Run {0} has started. Follow it in a terminal: triplet-lab show {0}', id)
      : l10n.t('{0} runs have started. Follow them in a terminal: triplet-lab runs', answer.runIds.length),
  )
}
