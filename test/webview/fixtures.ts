/** A run for the page's tests: what a store would give, with whatever a test wants to be different. */
import type { RunRow } from '../../protocol/runEvent.ts'
import { defaultSpec } from '../fixtures/runSpec.ts'

export function runRow(change: Partial<RunRow> = {}): RunRow {
  return {
    id: 7,
    name: 'semi-hard α 0.2',
    experiment: 'emoji.triplet.json',
    sweepId: null,
    status: 'running',
    wish: 'run',
    attempt: 1,
    spec: {
      ...defaultSpec,
      model: { architecture: 'mlp', embeddingSize: 8, hidden: [16], dropout: 0 },
      batch: { classes: 8, samplesPerClass: 4 },
      epochs: 2,
    },
    engine: 'tfjs-wasm',
    created: 0,
    started: 0,
    ended: null,
    epoch: 1,
    epochs: 2,
    step: 10,
    steps: 100,
    message: null,
    summaries: {},
    notes: '',
    tags: [],
    star: false,
    archived: false,
    heading: '',
    place: null,
    ...change,
  }
}
