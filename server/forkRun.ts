/** Forking: a new run that goes on from a checkpoint of another one. Command line and language server share it. */
import * as l10n from '@vscode/l10n'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRow } from '../protocol/runEvent.ts'
import type { RunSpec } from '../protocol/runSpec.ts'
import { differing, flatten } from '../protocol/specDifference.ts'
import { runFolder } from './store/layout.ts'
import type { Store } from './store/store.ts'
import { readCheckpoint } from './training/checkpoint.ts'
import { type ForkPoint, forkPoints, plantFork } from './training/fork.ts'

/** A checkpoint that a run can be forked from. */
export interface ForkOffer {
  readonly point: ForkPoint
  /** Steps done, and whole epochs among them. */
  readonly step: number
  readonly epoch: number
}

/** The checkpoints of a run; damaged ones are none. */
export async function offersOf(store: Store, runId: number): Promise<ForkOffer[]> {
  const folder = runFolder(store.dir, runId)
  const offers: ForkOffer[] = []
  for (const point of forkPoints) {
    const file = join(folder, `${point}.checkpoint`)
    const found = existsSync(file) ? await readCheckpoint(file) : null
    if (found?.kind !== 'found') continue
    const { step, epochsClosed: epoch } = found.checkpoint.loop
    offers.push({ point, step, epoch })
  }
  return offers
}

/** Settings in which two specs differ, as `loss.margin 0.2 → 0.5`. */
export function changesBetween(before: RunSpec, after: RunSpec): string[] {
  const [old, now] = [flatten(before), flatten(after)]
  return differing([old, now]).map(path => `${path} ${said(old.get(path))} → ${said(now.get(path))}`)
}

const said = (value: string | number | boolean | null | undefined) => (value === undefined ? '–' : String(value))

/** Changes that fit into a name. */
const changesNamed = 3

function nameOfFork(parent: RunRow, spec: RunSpec): string {
  const [old, now] = [flatten(parent.spec), flatten(spec)]
  const changed = differing([old, now]).filter(path => now.has(path))
  const parts = changed.map(path => `${path.slice(path.lastIndexOf('.') + 1)} ${said(now.get(path))}`)
  return [l10n.t('fork of {0}', parent.id), ...parts.slice(0, changesNamed)].join(', ')
}

/**
 * Queues a fork. Call `ensureTrainingServer` afterwards.
 *
 * @param experiment path of the file that the settings are from, relative to the workspace folder; the parent's when `null`
 * @returns the id of the new run
 * @throws Error of the file system when the checkpoint is gone
 */
export function queueFork(
  store: Store,
  parent: RunRow,
  point: ForkPoint,
  spec: RunSpec,
  experiment: string | null,
): number {
  // One transaction: no trainer takes the run before its checkpoint is there.
  return store.transaction(() => {
    const [id] = store.queueRuns([
      { name: nameOfFork(parent, spec), experiment: experiment ?? parent.experiment, parentId: parent.id, spec },
    ])
    const from = { folder: runFolder(store.dir, parent.id), point }
    plantFork(runFolder(store.dir, id), from, { runId: parent.id, spec: parent.spec })
    return id
  })
}
