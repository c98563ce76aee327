import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { endedStatuses } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { openStore, type Store } from '../../server/store/store.ts'
import { defaultSpec } from '../fixtures/runSpec.ts'

export const spec: RunSpec = {
  ...defaultSpec,
  mining: { strategy: 'semi-hard', fallback: 'skip' },
  batch: { classes: 8, samplesPerClass: 4 },
  epochs: 2,
}

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'triplet-lab-test-'))
  // Processes that were just being started may still write their logs.
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  return dir
}

export function opened(dir: string): Store {
  const result = openStore(dir)
  if (result.kind !== 'opened') throw new Error(JSON.stringify(result))
  onTestFinished(() => {
    try {
      result.store.close()
    } catch {
      // closed by the test itself
    }
  })
  return result.store
}

export function queued(store: Store, count = 1): number[] {
  return store.queueRuns(
    Array.from({ length: count }, (_, i) => ({ name: `run ${i}`, experiment: 'emoji.triplet.json', spec })),
  )
}

/** Points at consecutive steps. */
export function points(metric: string, values: readonly number[], firstStep = 1) {
  return {
    metric,
    values,
    steps: values.map((_, i) => firstStep + i),
    times: values.map(() => 1_700_000_000_000),
  }
}

/** Deletes a run and empties the trash. */
export function throwAway(store: Store, id: number): void {
  if (!endedStatuses.has(store.run(id)?.status ?? 'done')) store.setStatus(id, 'stopped')
  store.trashRuns([{ id, created: store.run(id)?.created ?? 0 }])
  store.emptyTrash(Date.now() + 1)
}
