/** `node test/e2e/run.ts [FILTER]`: the end-to-end tests whose names contain FILTER, one line each. */
import { runProject } from '../../scripts/test/vitest.ts'

const { passed, failed, skipped } = await runProject('e2e', process.argv.at(2))
for (const reason of skipped) console.log(`skipped: ${reason}`)
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exit(failed === 0 ? 0 : 1)
