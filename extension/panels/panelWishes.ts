/** What a panel's reader may ask for that goes beyond reading: files, clipboard, and changes to the run or its experiment. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { seriesCsv } from '../../protocol/csv.ts'
import type { FromPanel } from '../../protocol/panel.ts'
import { annotateRuns, moreEpochs, readCurves, readRows, wishRun } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import { applyAdvice } from '../commands/advice.ts'
import { fileOfRun } from '../runFile.ts'

export type PanelWish = Exclude<FromPanel, { kind: 'ready' | 'closeUp' | 'detail' | 'suspects' }>

/** @param run what is known of the run that the panel shows */
export async function grant(message: PanelWish, client: Client, run: RunRow): Promise<void> {
  switch (message.kind) {
    case 'wish':
      await client.request(wishRun, { runId: run.id, wish: message.wish })
      return
    case 'annotate': {
      const { runId, name, notes, tags } = message
      await client.request(annotateRuns, { runIds: [runId], name, notes, tags })
      return
    }
    case 'moreEpochs':
      return askMoreEpochs(client, run)
    case 'fork':
      await vscode.commands.executeCommand('tripletLab.forkRun', run.id)
      return
    case 'advice':
      return message.advice === 'more-epochs' ? askMoreEpochs(client, run) : applyAdvice(client, run, message.advice)
    case 'openExperiment': {
      const uri = await fileOfRun(client, run.id)
      if (uri !== undefined) await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One })
      return
    }
    case 'openPicture':
      return openPicture(run, message.name)
    case 'save':
      return saveFile(message)
    case 'saveCurves':
      return saveCurves(client, run, message)
    case 'copy':
      return copyText(message.text)
    default:
      return assertNever(message)
  }
}

export async function askMoreEpochs(client: Client, run: RunRow): Promise<void> {
  if (!endedStatuses.has(run.status)) {
    tellNotEnded()
    return
  }
  const answer = await vscode.window.showInputBox({
    title: l10n.t('How many more epochs?'),
    prompt: l10n.t('{0} goes on from its last checkpoint, after epoch {1}.', run.name, run.epoch),
    value: String(Math.max(1, Math.round(run.epochs / 2))),
    validateInput: text => (/^[1-9]\d{0,5}$/.test(text.trim()) ? undefined : l10n.t('A whole number, 1 or more.')),
  })
  if (answer === undefined) return
  // While the question stood there, another window may have sent it on.
  const now = (await client.request(readRows, { runIds: [run.id] })).runs.at(0)
  if (now !== undefined && !endedStatuses.has(now.status)) {
    tellNotEnded()
    return
  }
  const { known } = await client.request(moreEpochs, { runId: run.id, epochs: run.epochs + Number(answer) })
  if (!known) void vscode.window.showWarningMessage(l10n.t('Run {0} is no longer in the store.', run.id))
}

function tellNotEnded(): void {
  void vscode.window.showWarningMessage(l10n.t('The run has not ended yet. Stop it, or wait for its end.'))
}

export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text)
  vscode.window.setStatusBarMessage(l10n.t('Copied.'), 2000)
}

/** Asks where to, and writes. The name is a proposal from a page, so nothing of it can lead out of the folder. */
export async function saveFile(file: {
  readonly name: string
  readonly encoding: 'text' | 'base64'
  readonly content: string
}): Promise<void> {
  const { name } = file
  const content = Buffer.from(file.content, file.encoding === 'base64' ? 'base64' : 'utf8')
  const root = vscode.workspace.workspaceFolders?.at(0)?.uri
  const safe = name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 120)
  const target = await vscode.window.showSaveDialog({
    ...(root === undefined ? {} : { defaultUri: vscode.Uri.joinPath(root, safe) }),
  })
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, content)
}

/** All stored points, which may be more than any page holds. */
async function saveCurves(
  client: Client,
  run: RunRow,
  { name, metrics, fromStep, toStep }: Extract<FromPanel, { kind: 'saveCurves' }>,
): Promise<void> {
  const question = { runId: run.id, metrics, fromStep, toStep, maxPoints: Number.MAX_SAFE_INTEGER }
  const { series } = await client.request(readCurves, question)
  const inOrder = metrics.flatMap(metric => series.find(one => one.metric === metric) ?? [])
  return saveFile({ name, encoding: 'text', content: seriesCsv(inOrder) })
}

/** A picture of a folder is a file; one of an embedded dataset is not, and is named instead. */
async function openPicture(run: RunRow, name: string): Promise<void> {
  const { dataset } = run.spec
  const path = 'path' in dataset ? vscode.Uri.file(dataset.path) : undefined
  // A list of pictures names them from where it lies.
  const folder = path && (dataset.kind === 'csv' ? vscode.Uri.joinPath(path, '..') : path)
  const candidates = folder === undefined ? [] : [vscode.Uri.joinPath(folder, name), vscode.Uri.file(name)]
  for (const uri of candidates) {
    const stat = await vscode.workspace.fs.stat(uri).then(
      found => found,
      () => undefined,
    )
    if (stat?.type !== vscode.FileType.File) continue
    await vscode.commands.executeCommand('vscode.open', uri, { preserveFocus: true, preview: true })
    return
  }
  vscode.window.setStatusBarMessage(l10n.t('{0} is part of its dataset and not a file of its own.', name), 5000)
}
