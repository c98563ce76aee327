/** "Fork Run": a new run that goes on from a checkpoint of another one, with the settings that the file has by now. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { forkRun, readForkOffer } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import type { LivePanels } from '../panels/livePanels.ts'

export async function fork(client: Client, panels: LivePanels, run: RunRow): Promise<void> {
  const { points, file } = await client.request(readForkOffer, { runId: run.id })
  if (points.length === 0) {
    void vscode.window.showInformationMessage(
      l10n.t('{0} has no checkpoint yet. The first one comes within ten seconds of training.', run.name),
    )
    return
  }
  const point = await pickPoint(run, points)
  if (point === undefined) return
  const settings = await pickSettings(run, file)
  if (settings === undefined) return
  const epochs = await askEpochs(point.epoch, settings === 'file' && file.kind === 'changes' ? file.epochs : run.epochs)
  if (epochs === undefined) return
  const answer = await client.request(forkRun, { runId: run.id, point: point.point, settings, epochs })
  if (answer.kind === 'started') await panels.open(answer.runId, run.experiment)
  else void vscode.window.showErrorMessage(answer.message)
}

interface Point {
  readonly point: 'last' | 'best'
  readonly step: number
  readonly epoch: number
}

async function pickPoint(run: RunRow, points: readonly Point[]): Promise<Point | undefined> {
  const items = points.map(one => ({
    label: one.point === 'last' ? l10n.t('The last checkpoint') : l10n.t('The best checkpoint'),
    description: l10n.t('epoch {0}, step {1}', one.epoch, one.step),
    one,
  }))
  const title = l10n.t('Fork {0}: from which checkpoint?', run.name)
  return (await vscode.window.showQuickPick(items, { title }))?.one
}

type FileSettings =
  | { readonly kind: 'changes'; readonly changes: readonly string[] }
  | { readonly kind: 'unusable'; readonly why: string }

async function pickSettings(run: RunRow, file: FileSettings): Promise<'file' | 'run' | undefined> {
  const own = {
    label: l10n.t('The settings of the run'),
    detail: l10n.t('Nothing changes but the number of epochs.'),
    settings: 'run' as const,
  }
  const written = {
    label: l10n.t('The settings of {0} as it is now', run.experiment),
    detail:
      file.kind === 'changes'
        ? file.changes.join('   ') || l10n.t('They are those of the run: change the file first to try something else.')
        : file.why,
    settings: 'file' as const,
  }
  const items = file.kind === 'changes' ? [written, own] : [own, written]
  const picked = await vscode.window.showQuickPick(items, { title: l10n.t('Fork {0}: with which settings?', run.name) })
  if (picked?.settings !== 'file' || file.kind === 'changes') return picked?.settings
  void vscode.window.showErrorMessage(l10n.t('{0} cannot be used: {1}', run.experiment, file.why))
  return undefined
}

async function askEpochs(done: number, epochs: number): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: l10n.t('How many epochs in all?'),
    prompt: l10n.t('{0} epochs are behind the checkpoint.', done),
    value: String(epochs > done ? epochs : done + Math.max(1, Math.round(done / 2))),
    validateInput: text =>
      /^\d{1,6}$/.test(text.trim()) && Number(text) > done ? undefined : l10n.t('A whole number above {0}.', done),
  })
  return answer === undefined ? undefined : Number(answer)
}
