/** One run of the results table: trained and evaluated as any other, in this process, with nothing kept but its figures. */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MetricId } from '../../protocol/metrics.ts'
import type { RunEventKind } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Progress } from '../../server/store/runs.ts'
import type { Tracker } from '../../server/training/tracker.ts'
import { trainRun } from '../../server/training/trainRun.ts'
import type { Figure } from './figures.ts'

/** Keeps the last value of each metric, and says where the run is. */
class LastValues implements Tracker {
  readonly values: Partial<Record<MetricId, number>> = {}
  engine = ''
  steps = 0
  collapsed = false
  readonly #say: (line: string) => void

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  wish(): 'run' {
    return 'run'
  }
  record(step: number, _epoch: number, values: Readonly<Partial<Record<MetricId, number>>>): void {
    // An evaluation of the untrained network comes late, and is not the last.
    if (step < this.steps) return
    this.steps = step
    Object.assign(this.values, values)
  }
  milestone(_step: number, kind: RunEventKind, message: string): void {
    if (kind === 'collapsed') this.collapsed = true
    if (kind === 'collapsed' || kind === 'evaluated') this.#say(message)
  }
  event(_step: number, kind: RunEventKind, message: string): void {
    if (kind === 'warning') this.#say(message)
  }
  status(): void {
    // What a run ends with is what `trainRun` returns.
  }
  progress({ engine }: Progress): void {
    this.engine = engine ?? this.engine
  }
  detail(): void {
    // Pictures and histograms are for the panel.
  }
  together(report: () => void): void {
    report()
  }
  flush(): void {
    // Nothing is kept back.
  }
}

/**
 * @param threads that the engine may use; `null`: as many as it finds best
 * @throws DatasetError, EngineError or RunError, whose messages are for people, when the run cannot start
 */
export async function train(
  spec: RunSpec,
  threads: number | null,
  say: (line: string) => void,
): Promise<Omit<Figure, 'key' | 'study' | 'row' | 'seed'>> {
  const workspace = mkdtempSync(join(tmpdir(), 'triplet-lab-results-'))
  try {
    const tracker = new LastValues(say)
    const start = performance.now()
    const before = process.cpuUsage()
    const outcome = await trainRun(spec, { tracker, folder: join(workspace, 'run'), workspace, threads })
    const used = process.cpuUsage(before)
    return {
      outcome: outcome.kind === 'diverged' ? 'diverged' : tracker.collapsed ? 'collapsed' : 'done',
      values: Object.fromEntries(Object.entries(tracker.values).filter(([id]) => id.startsWith('test/'))),
      epochs: spec.epochs,
      steps: tracker.steps,
      seconds: Math.round((performance.now() - start) / 100) / 10,
      cpuSeconds: Math.round((used.user + used.system) / 1e5) / 10,
      engine: tracker.engine,
      cores: availableParallelism(),
      processor: cpus()[0]?.model.trim() ?? '',
    }
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
