/** Waiting for runs at a terminal: shows how they get on, keeps a training server up, stops them on Ctrl-C. */
import * as l10n from '@vscode/l10n'
import { setTimeout as sleep } from 'node:timers/promises'
import { endedStatuses, type RunDelta, type RunRow } from '../../protocol/runEvent.ts'
import { ensureTrainingServer } from '../launch.ts'
import { requestWish } from '../queues/local.ts'
import type { Store } from '../store/store.ts'
import { say } from './output.ts'
import { progressDisplay, type ProgressDisplay } from './progress.ts'

const pollInterval = 50
/** A training server may be killed; whoever waits for a run sees to it that there is another. */
const serverCheckInterval = 2_000

/** Returns when all runs have ended, or when Ctrl-C was pressed twice. */
export async function follow(store: Store, ids: readonly number[]): Promise<void> {
  const tail = store.tail()
  const display = progressDisplay()
  const latest = new Map<number, RunRow>()
  const show = (deltas: readonly RunDelta[]) => showDeltas(deltas, latest, display)
  for (const id of ids) {
    tail.watch(id)
    const run = store.run(id)
    if (run) latest.set(id, run)
  }
  let interrupts = 0
  const interrupt = () => {
    interrupts++
    if (interrupts > 1) return
    display.line(l10n.t('Stopping after this batch. Press Ctrl-C again to leave without waiting.'))
    for (const id of ids) requestWish(store, id, 'stop')
  }
  process.on('SIGINT', interrupt)
  try {
    let checked = performance.now()
    while (interrupts < 2 && ids.some(id => isUnfinished(latest.get(id)))) {
      show(tail.poll())
      // Our own writes are no news to the tail.
      if (interrupts > 0) for (const id of ids) refresh(store, latest, id)
      if (performance.now() - checked > serverCheckInterval) {
        checked = performance.now()
        const launched = await ensureTrainingServer(store)
        if (launched.kind === 'refused') display.line(launched.message)
      }
      await sleep(pollInterval)
    }
    show(tail.poll())
  } finally {
    process.off('SIGINT', interrupt)
    display.end()
    tail.close()
  }
  if (interrupts > 1) say(l10n.t('The run ends on its own.'))
}

const isUnfinished = (run: RunRow | undefined) => run !== undefined && !endedStatuses.has(run.status)

function refresh(store: Store, latest: Map<number, RunRow>, id: number): void {
  const run = store.run(id)
  if (run) latest.set(id, run)
  else latest.delete(id)
}

function showDeltas(deltas: readonly RunDelta[], latest: Map<number, RunRow>, display: ProgressDisplay): void {
  for (const delta of deltas) {
    switch (delta.kind) {
      case 'runs':
        for (const run of delta.changed) if (latest.has(run.id)) latest.set(run.id, run)
        for (const id of delta.removed) latest.delete(id)
        break
      case 'events':
        for (const event of delta.events) display.line(prefixed(latest, delta.runId, event.message))
        break
      case 'points':
        break
    }
  }
  const running = [...latest.values()].find(run => run.status === 'running')
  if (running) display.progress(running)
}

const prefixed = (runs: ReadonlyMap<number, RunRow>, id: number, message: string) =>
  runs.size > 1 ? `${l10n.t('run {0}', id)}: ${message}` : message
