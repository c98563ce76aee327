/** The only thing that pops up unasked: a long run has ended. Once, and it can be turned off. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { duration } from '../protocol/words.ts'
import { claimNotice } from '../protocol/requests.ts'
import type { RunRow } from '../protocol/runEvent.ts'
import type { Client } from './client.ts'
import type { LivePanels } from './panels/livePanels.ts'
import { isStillEnded, mayGoOn } from './runChanges.ts'
import type { Runs } from './runs.ts'
import { runDescription } from './views/runItem.ts'

const longMilliseconds = 120_000
/** What a window waits that nobody looks at, milliseconds. */
const letOthersFirst = 800
/** How long a sweep is given to train a failed run once more, milliseconds. */
const letSweepRetry = 1500

export function tellWhenRunEnds(client: Client, runs: Runs, panels: LivePanels): vscode.Disposable {
  return runs.onEnded(run => {
    tell(client, runs, run, panels).catch((error: unknown) => client.logError(error))
  })
}

async function tell(client: Client, runs: Runs, run: RunRow, panels: LivePanels): Promise<void> {
  const wanted = vscode.workspace.getConfiguration('tripletLab').get<string>('notifyWhenRunEnds', 'long')
  // Who stopped it knows that it has ended.
  if (wanted === 'never' || run.status === 'stopped') return
  const took = run.started === null || run.ended === null ? 0 : run.ended - run.started
  if (wanted === 'long' && took < longMilliseconds && run.status === 'done') return
  if (mayGoOn(run)) {
    await wait(letSweepRetry)
    if (!isStillEnded(run, runs.get(run.id))) return
  }
  // Of several windows on the same folder one says it: the one that is looked at, if any is.
  if (!vscode.window.state.focused) await wait(letOthersFirst)
  if (!(await client.request(claimNotice, { runId: run.id })).isOurs) return
  const message = l10n.t('{0} has ended after {1}: {2}', run.name, duration(took), runDescription(run))
  const show = l10n.t('Show')
  const ask = run.status === 'done' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage
  if ((await ask(message, show)) === show) await panels.open(run.id, undefined)
}

function wait(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
