// Measures Triplet Lab: `npm run bench` for everything, `npm run bench -- engines` for one section, `-- --help` for more.
import { parseArgs } from 'node:util'
import { benchEngines } from './engines/section.ts'
import { benchEvaluation } from './evaluation/section.ts'
import { benchLanguage } from './language/section.ts'
import { benchMining } from './mining/section.ts'
import type { BenchOptions } from './options.ts'
import { benchPanel } from './panel/section.ts'
import { benchRuns } from './runs/section.ts'
import { benchSearch } from './search/section.ts'
import { benchStartup } from './startup/section.ts'
import { benchStore } from './store/section.ts'
import { benchEpoch, benchTracking } from './training/section.ts'
import { benchSweeps } from './sweeps/section.ts'
import { benchWatching } from './watching/section.ts'

const sections: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  engines: benchEngines,
  mining: benchMining,
  evaluation: benchEvaluation,
  store: benchStore,
  startup: benchStartup,
  tracking: benchTracking,
  epoch: benchEpoch,
  language: benchLanguage,
  panel: benchPanel,
  runs: benchRuns,
  search: benchSearch,
  sweeps: benchSweeps,
  watching: benchWatching,
}

/** Takes a quarter of an hour for each training seed. */
const byNameOnly: ReadonlySet<string> = new Set(['sweeps'])

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    python: { type: 'string', default: 'python3' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter(name => !(name in sections))
if (values.help || unknown.length > 0) {
  console.log(`npm run bench -- [SECTION …] [--rounds N] [--seconds N] [--seeds N] [--only TEXT …] [--python PATH]
Sections: ${Object.keys(sections).join(', ')}; sweeps takes a quarter of an hour for each training seed (--seeds) and is left out unless named. --only keeps the engines, networks and miners whose name contains the text; of the panel: opening, frames, memory, typing; of runs: server, window.`)
  process.exit(unknown.length > 0 ? 2 : 0)
}
const options = {
  ...values,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  seeds: Number(values.seeds),
}
for (const [name, run] of Object.entries(sections)) {
  if (positionals.length === 0 ? !byNameOnly.has(name) : positionals.includes(name)) await run(options)
}
