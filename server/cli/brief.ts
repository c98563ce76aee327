import type { RunRow } from '../../protocol/runEvent.ts'

/** What a script wants to know of a run: no spec, results by metric. */
export function brief({
  id,
  name,
  experiment,
  status,
  message,
  engine,
  epoch,
  epochs,
  step,
  steps,
  started,
  ended,
  ...run
}: RunRow) {
  return {
    id,
    name,
    experiment,
    status,
    message,
    engine,
    epoch,
    epochs,
    step,
    steps,
    seconds: started === null || ended === null ? null : (ended - started) / 1000,
    metrics: run.summaries,
  }
}
