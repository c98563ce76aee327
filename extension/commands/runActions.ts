/** What can be done with runs in the sidebar: on the lines that are selected, or on the one that was clicked. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { annotateRuns, emptyTrash, listTrash, restoreRuns, trashRuns } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import type { LivePanels } from '../panels/livePanels.ts'
import type { Runs } from '../runs.ts'
import { editOf, hasSeveralLines } from './notesEdit.ts'

export async function rename(client: Client, run: RunRow): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: l10n.t('Rename run'),
    value: run.name,
    validateInput: text =>
      text.trim() === '' || text.length > 200 ? l10n.t('Between 1 and 200 characters.') : undefined,
  })
  if (name !== undefined) await client.request(annotateRuns, { runIds: [run.id], name })
}

/** Asks again with what is stored as often as somebody else wrote on the run while the box was open. */
export async function note(client: Client, runs: Runs, panels: LivePanels, { id }: RunRow): Promise<void> {
  for (;;) {
    // The panel writes while one types there: its last words may not have come to the list yet.
    const run = await runs.whole(id)
    if (run === undefined) {
      tellGone(id)
      return
    }
    if (hasSeveralLines(run.notes)) {
      await panels.open(id, undefined)
      void vscode.window.showInformationMessage(
        l10n.t('The notes on {0} have several lines. Edit them in its panel, under "Settings and log".', run.name),
      )
      return
    }
    const notes = await vscode.window.showInputBox({ title: l10n.t('Notes on {0}', run.name), value: run.notes })
    if (notes === undefined) return
    const now = await runs.whole(id)
    if (now === undefined) {
      tellGone(id)
      return
    }
    const edit = editOf(run.notes, notes, now.notes)
    if (edit === 'write') await client.request(annotateRuns, { runIds: [id], notes })
    if (edit !== 'changedElsewhere') return
    void vscode.window.showWarningMessage(
      l10n.t('The notes on {0} were changed elsewhere meanwhile. You wrote: {1}', run.name, notes),
    )
  }
}

function tellGone(id: number): void {
  void vscode.window.showWarningMessage(l10n.t('Run {0} is no longer in the store.', id))
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
  const before = new Set(known.filter(label => runs.every(run => run.tags.includes(label))))
  picker.selectedItems = picker.items.filter(({ label }) => before.has(label))
  picker.onDidChangeValue(value => {
    const selected = new Set(picker.selectedItems.map(item => item.label))
    picker.items = all(value.trim())
    picker.selectedItems = picker.items.filter(({ label }) => selected.has(label))
  })
  const chosen = await new Promise<Set<string> | undefined>(resolve => {
    picker.onDidAccept(() => resolve(new Set(picker.selectedItems.map(item => item.label))))
    picker.onDidHide(() => resolve(undefined))
    picker.show()
  })
  picker.dispose()
  if (chosen === undefined) return
  // Of several runs only what was changed is changed: a tag that some of them have alone stays with those.
  const tagsOf = (run: RunRow) => [
    ...run.tags.filter(label => chosen.has(label) || !before.has(label)),
    ...[...chosen].filter(label => !run.tags.includes(label)),
  ]
  const groups = Map.groupBy(runs, run => JSON.stringify(tagsOf(run)))
  for (const group of groups.values())
    await client.request(annotateRuns, { runIds: group.map(run => run.id), tags: tagsOf(group[0]) })
}

/** Puts runs under a heading below their experiment, or under none. */
export async function group(client: Client, runs: readonly RunRow[], known: readonly string[]): Promise<void> {
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly heading: string }>()
  picker.title = runs.length === 1 ? l10n.t('Group of 1 run') : l10n.t('Group of {0} runs', runs.length)
  picker.placeholder = l10n.t('Choose a group, or type the name of a new one')
  const none = { label: l10n.t('No group'), heading: '' }
  const items = (typed: string) => [
    ...(typed === '' || known.includes(typed) ? [] : [{ label: l10n.t('New group: {0}', typed), heading: typed }]),
    ...known.map(heading => ({ label: heading, heading })),
    none,
  ]
  picker.items = items('')
  picker.onDidChangeValue(value => (picker.items = items(value.trim().slice(0, 200))))
  const heading = await new Promise<string | undefined>(resolve => {
    picker.onDidAccept(() => resolve(picker.selectedItems.at(0)?.heading))
    picker.onDidHide(() => resolve(undefined))
    picker.show()
  })
  picker.dispose()
  if (heading !== undefined) await client.request(annotateRuns, { runIds: runs.map(run => run.id), heading })
}

export async function archive(client: Client, runs: readonly RunRow[], archived: boolean): Promise<void> {
  await client.request(annotateRuns, { runIds: runs.map(run => run.id), archived })
}

/** Runs go to the trash, in every window at once, and can be taken back. Runs that still train stay. */
export async function remove(client: Client, runs: readonly RunRow[]): Promise<void> {
  const ended = runs.filter(run => endedStatuses.has(run.status))
  if (ended.length < runs.length)
    void vscode.window.showInformationMessage(l10n.t('Runs that still train are kept. Stop them first.'))
  if (ended.length === 0) return
  const { trashed } = await client.request(trashRuns, { runs: ended.map(({ id, created }) => ({ id, created })) })
  if (trashed.length === 0) return
  const undo = l10n.t('Undo')
  const message =
    trashed.length === 1 ? l10n.t('Deleted {0}.', ended[0].name) : l10n.t('Deleted {0} runs.', trashed.length)
  if ((await vscode.window.showInformationMessage(message, undo)) === undo)
    await client.request(restoreRuns, { runIds: trashed })
}

export async function restore(client: Client): Promise<void> {
  const { runs } = await client.request(listTrash, {})
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('The trash is empty.'))
    return
  }
  const items = runs.map(run => ({
    label: run.name,
    description: run.experiment,
    detail: l10n.t('Deleted {0}', new Date(run.trashed).toLocaleString(vscode.env.language)),
    id: run.id,
  }))
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Restore deleted runs'),
    placeHolder: l10n.t('What was deleted is kept for seven days.'),
    canPickMany: true,
    matchOnDescription: true,
  })
  if (picked === undefined || picked.length === 0) return
  await client.request(restoreRuns, { runIds: picked.map(item => item.id) })
}

/** The one thing that cannot be undone: so it asks. */
export async function emptyTheTrash(client: Client): Promise<void> {
  const { runs } = await client.request(listTrash, {})
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('The trash is empty.'))
    return
  }
  const question =
    runs.length === 1 ? l10n.t('Delete 1 run for good?') : l10n.t('Delete {0} runs for good?', runs.length)
  const yes = l10n.t('Empty the Trash')
  const detail = l10n.t('Their curves and checkpoints are removed. This cannot be undone.')
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return
  // What was deleted while the question stood there was not asked about.
  await client.request(emptyTrash, { runs: runs.map(({ id, trashed }) => ({ id, trashed })) })
}
