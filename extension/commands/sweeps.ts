/** Commands about sweeps: look at one, pause, resume, stop, change, bring forward; turn values into a sweep. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { changeSweep, runFirst, runSlots, sweepValue, wishSweep } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import type { SweepWish } from '../../protocol/sweeps.ts'
import type { Client } from '../client.ts'
import { languageId } from '../experiments.ts'
import type { SweepPanels } from '../panels/sweepPanels.ts'
import type { Runs } from '../runs.ts'
import { runsOf, uriOf } from './arguments.ts'
import type { Register } from './register.ts'
import { refuse } from './startTraining.ts'

const SweepArgument = v.union([
  v.number(),
  v.pipe(
    v.object({ kind: v.literal('sweep'), id: v.number() }),
    v.transform(node => node.id),
  ),
])

/** A sweep's number, or its line in the sidebar. */
function sweepIn(argument: unknown): number | undefined {
  const decoded = v.safeParse(SweepArgument, argument)
  return decoded.success ? decoded.output : undefined
}

export function sweepCommands(
  command: Register,
  { client, runs, panels }: { readonly client: Client; readonly runs: Runs; readonly panels: SweepPanels },
): void {
  const target = async (argument: unknown, fits: (runs: readonly RunRow[]) => boolean) =>
    sweepIn(argument) ?? panels.active() ?? (await pickSweep(runs, fits))
  const unfinished = (own: readonly RunRow[]) => own.some(run => !endedStatuses.has(run.status))
  const wish = (kind: SweepWish) => async (argument: unknown) => {
    const id = await target(argument, kind === 'run' ? () => true : unfinished)
    if (id === undefined) return
    const { known } = await client.request(wishSweep, { sweepId: id, wish: kind })
    if (!known) void vscode.window.showWarningMessage(l10n.t('This sweep is no longer in the store.'))
    panels.refresh(id)
  }
  command('openSweep', async argument => {
    const id = await target(argument, () => true)
    if (id !== undefined) panels.open(id)
  })
  command('pauseSweep', wish('pause'))
  command('resumeSweep', wish('run'))
  command('stopSweep', wish('stop'))
  command('changeSweep', async (argument, sweep) => {
    const uri = uriOf(argument) ?? activeExperiment()
    if (uri !== undefined) await change(client, panels, uri, sweepIn(sweep) ?? null)
  })
  command('runFirst', async (argument, selection) => {
    const sweepId = sweepIn(isSweep(argument) ? argument : undefined)
    const runIds = sweepId === undefined ? (runsOf(argument, selection) ?? []) : []
    await client.request(runFirst, { runIds, sweepIds: sweepId === undefined ? [] : [sweepId] })
  })
  command('setSlots', () => askSlots(client))
  command('sweepValue', () => sweepSelection(client))
}

function isSweep(argument: unknown): boolean {
  return v.is(v.object({ kind: v.literal('sweep') }), argument)
}

function activeExperiment(): vscode.Uri | undefined {
  const editor = vscode.window.activeTextEditor
  return editor?.document.languageId === languageId ? editor.document.uri : undefined
}

async function pickSweep(runs: Runs, fits: (runs: readonly RunRow[]) => boolean): Promise<number | undefined> {
  const sweeps = Map.groupBy(
    runs.all().filter(run => run.sweepId !== null),
    run => run.sweepId ?? 0,
  )
  const items = [...sweeps]
    .filter(([, own]) => fits(own))
    .map(([id, own]) => ({
      label: l10n.t('Sweep {0}', id),
      description: own.at(0)?.experiment ?? '',
      detail: l10n.t('{0} of {1} runs ended', own.filter(run => endedStatuses.has(run.status)).length, own.length),
      id,
    }))
  if (items.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('No sweep is in a state for that.'))
    return undefined
  }
  if (items.length === 1) return items[0].id
  return (await vscode.window.showQuickPick(items, { title: l10n.t('Which sweep?'), matchOnDescription: true }))?.id
}

/** Goes on with a sweep as its file is now, and says what that means. */
async function change(client: Client, panels: SweepPanels, uri: vscode.Uri, sweepId: number | null): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri)
  if (document.isDirty && !document.isUntitled) await document.save()
  const answer = await client.request(changeSweep, { uri: uri.toString(), sweepId })
  switch (answer.kind) {
    case 'changed': {
      const { added, dropped, kept } = answer
      const said = l10n.t(
        'The sweep goes on: {0} runs kept, {1} added, {2} taken out of the queue.',
        kept,
        added,
        dropped,
      )
      vscode.window.setStatusBarMessage(said, 8000)
      if (sweepId !== null) panels.refresh(sweepId)
      return
    }
    case 'refused':
      return refuse(document, answer.problems)
    default:
      return assertNever(answer)
  }
}

async function askSlots(client: Client): Promise<void> {
  const { slots } = await client.request(runSlots, {})
  const answer = await vscode.window.showInputBox({
    title: l10n.t('How many runs may train at the same time?'),
    prompt: l10n.t('They share the cores. Leave it empty for as many as suit this machine.'),
    value: slots === null ? '' : String(slots),
    validateInput: text => (/^\s*([1-9]\d{0,2})?\s*$/.test(text) ? undefined : l10n.t('A whole number, 1 or more.')),
  })
  if (answer === undefined) return
  await client.request(runSlots, { set: answer.trim() === '' ? null : Number(answer) })
}

/** The value under the cursor, or each value of the selection, becomes an axis. */
async function sweepSelection(client: Client): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== languageId) {
    void vscode.window.showInformationMessage(l10n.t('Put the cursor on a value of an experiment file first.'))
    return
  }
  const { start, end } = editor.selection
  const place = ({ line, character }: vscode.Position) => ({ line, character })
  const uri = editor.document.uri.toString()
  const { done } = await client.request(sweepValue, { uri, start: place(start), end: place(end) })
  if (!done)
    void vscode.window.showInformationMessage(
      l10n.t('There is no value to vary here. Put the cursor on a number or a choice.'),
    )
}
