/** What can be done with runs in the sidebar: on the lines that are selected, or on the one that was clicked. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { annotateRuns, removeRuns } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import type { RunsTree } from '../views/runsTree.ts'

/** How long a deletion can be taken back. Until then nothing is deleted, also when the window closes. */
const undoMilliseconds = 10_000

export async function rename(client: Client, run: RunRow): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: l10n.t('Rename run'),
    value: run.name,
    validateInput: text =>
      text.trim() === '' || text.length > 200 ? l10n.t('Between 1 and 200 characters.') : undefined,
  })
  if (name !== undefined) await client.request(annotateRuns, { runIds: [run.id], name })
}

export async function note(client: Client, run: RunRow): Promise<void> {
  const notes = await vscode.window.showInputBox({ title: l10n.t('Notes on {0}', run.name), value: run.notes })
  if (notes !== undefined) await client.request(annotateRuns, { runIds: [run.id], notes })
}

export async function tag(client: Client, runs: readonly RunRow[], known: readonly string[]): Promise<void> {
  const [first] = runs
  if (runs.length === 0) return
  const picker = vscode.window.createQuickPick()
  picker.title = runs.length === 1 ? l10n.t('Tags of {0}', first.name) : l10n.t('Tags of {0} runs', runs.length)
  picker.placeholder = l10n.t('Choose tags, or type a new one')
  picker.canSelectMany = true
  const all = (extra: string) => [...new Set([...known, ...(extra === '' ? [] : [extra])])].map(label => ({ label }))
  picker.items = all('')
  picker.selectedItems = picker.items.filter(({ label }) => runs.every(run => run.tags.includes(label)))
  picker.onDidChangeValue(value => {
    const selected = new Set(picker.selectedItems.map(item => item.label))
    picker.items = all(value.trim())
    picker.selectedItems = picker.items.filter(({ label }) => selected.has(label))
  })
  const tags = await new Promise<string[] | undefined>(resolve => {
    picker.onDidAccept(() => resolve(picker.selectedItems.map(item => item.label)))
    picker.onDidHide(() => resolve(undefined))
    picker.show()
  })
  picker.dispose()
  if (tags !== undefined) await client.request(annotateRuns, { runIds: runs.map(run => run.id), tags })
}

export async function archive(client: Client, runs: readonly RunRow[], archived: boolean): Promise<void> {
  await client.request(annotateRuns, { runIds: runs.map(run => run.id), archived })
}

/** Lines go at once, data only when nobody took it back. Runs that still train stay. */
export async function remove(client: Client, tree: RunsTree, runs: readonly RunRow[]): Promise<void> {
  const ended = runs.filter(run => endedStatuses.has(run.status))
  if (ended.length < runs.length)
    void vscode.window.showInformationMessage(l10n.t('Runs that still train are kept. Stop them first.'))
  const [first] = ended
  if (ended.length === 0) return
  const ids = ended.map(run => run.id)
  tree.setLeaving(ids, true)
  const undo = l10n.t('Undo')
  const message = ended.length === 1 ? l10n.t('Deleted {0}.', first.name) : l10n.t('Deleted {0} runs.', ended.length)
  const answer = await Promise.race([
    vscode.window.showInformationMessage(message, undo),
    new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), undoMilliseconds)),
  ])
  if (answer !== undo) await client.request(removeRuns, { runIds: ids })
  tree.setLeaving(ids, false)
}
