/** `node test/e2e/run.ts [FILTER]`: the end-to-end tests whose names contain FILTER, one line each. */
import { startVitest } from 'vitest/node'

const filter = process.argv.at(2)
const vitest = await startVitest('test', [], {
  project: ['e2e'],
  watch: false,
  reporters: ['tree'],
  ...(filter === undefined ? {} : { testNamePattern: filter }),
})
await vitest.close()
