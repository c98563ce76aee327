/** Pause, resume and stop: a wish is written, the run's trainer reads it before its next batch. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { wishRun } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow, type RunWish } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import type { Runs } from '../runs.ts'
import { runAbilities, runDescription } from '../views/runItem.ts'

const ability: Readonly<Record<RunWish, string>> = { run: 'canResume', pause: 'canPause', stop: 'canStop' }

/** @param runId the run meant; without one the only candidate, or the one that is picked */
export async function wish(client: Client, runs: Runs, kind: RunWish, runId: number | undefined): Promise<void> {
  const id = runId ?? (await pickRun(runs, kind))
  if (id === undefined) return
  const { known } = await client.request(wishRun, { runId: id, wish: kind })
  if (!known) void vscode.window.showWarningMessage(l10n.t('Run {0} is no longer in the store.', id))
}

async function pickRun(runs: Runs, kind: RunWish): Promise<number | undefined> {
  const candidates = runs.all().filter(run => runAbilities(run).includes(ability[kind]))
  return pick(candidates, l10n.t('Which run?'), l10n.t('No run is in a state for that.'))
}

/** Asks for a run of all; those that still run first. */
export async function pickAnyRun(runs: Runs): Promise<number | undefined> {
  const all = runs.all()
  const alive = all.filter(run => !endedStatuses.has(run.status))
  return pick(
    [...alive, ...all.filter(run => endedStatuses.has(run.status))],
    l10n.t('Which run?'),
    l10n.t('There is no run yet. Open an experiment file and start one.'),
  )
}

async function pick(candidates: readonly RunRow[], title: string, none: string): Promise<number | undefined> {
  const first = candidates.at(0)
  if (first === undefined) {
    void vscode.window.showInformationMessage(none)
    return undefined
  }
  if (candidates.length === 1) return first.id
  const items = candidates.map(run => ({
    label: run.name,
    description: run.experiment,
    detail: runDescription(run),
    id: run.id,
  }))
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.id
}
