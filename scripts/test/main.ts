/**
 * `npm test`: everything, in the order in which a mistake shows fastest. A failure stops nothing but what builds on it.
 * The last line counts: every check without tests of its own counts as one.
 */
import { run } from '../process.ts'
import { runProject, type Counts } from './vitest.ts'

const OK: Counts = { passed: 1, failed: 0, skipped: [] }
const BROKEN: Counts = { passed: 0, failed: 1, skipped: [] }
const cache = 'node_modules/.cache/triplet-lab'
const counts: Counts[] = []

/** Runs a step, says how it went and how long it took, and adds it up. Returns whether nothing failed. */
async function step(name: string, work: () => Promise<Counts>): Promise<boolean> {
  const start = performance.now()
  const result = await work().catch((error: unknown): Counts => {
    console.error(error)
    return BROKEN
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${result.failed === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
  counts.push(result)
  return result.failed === 0
}

/** A check that prints what is wrong and says by its exit status whether something is. */
const check = (name: string, command: string, ...args: string[]) =>
  step(name, async () => {
    const { code, output } = await run(process.execPath, [command, ...args])
    if (code !== 0) console.log(output.trimEnd())
    return code === 0 ? OK : BROKEN
  })
const bin = (path: string) => `node_modules/${path}`

const built = await check('build', 'esbuild.mjs')
await Promise.all([
  check('types', bin('typescript/bin/tsc')),
  check('lint', bin('eslint/bin/eslint.js'), '.', '--cache', '--cache-location', `${cache}/eslint`),
])
await check('format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.')
await step('unit tests', () => runProject('unit'))
if (built) {
  await step('process tests', () => runProject('processes'))
  await step('end-to-end tests', () => runProject('e2e'))
} else console.log('Process and end-to-end tests need the build and were not run.')

const skipped = counts.flatMap(one => one.skipped)
for (const reason of skipped) console.log(`skipped: ${reason}`)
const sum = (of: (one: Counts) => number) => counts.reduce((total, one) => total + of(one), 0)
const failed = sum(one => one.failed)
console.log(`${sum(one => one.passed)} passed, ${failed} failed, ${skipped.length} skipped`)
process.exit(failed === 0 ? 0 : 1)
