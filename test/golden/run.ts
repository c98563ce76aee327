/**
 * Tries a folder of reference vectors: `npm run test:golden -- FOLDER`, without one the project's own.
 * Definitions are compared in double precision, so that no rounding decides which of two near distances is smaller.
 * Exit status 0 all passed, 1 some failed or none was found, 2 the folder cannot be read.
 */
import { goldenFiles, ownVectors, tryFile } from './folder.ts'

const folder = process.argv[2] ?? ownVectors
const counts = { passed: 0, failed: 0, skipped: 0 }
let files: string[]
try {
  files = goldenFiles(folder)
} catch (error) {
  console.error(`Cannot read ${folder}: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(2)
}
for (const file of files) {
  const outcome = tryFile(folder, file, 'double')
  counts[outcome.kind]++
  if (outcome.kind === 'failed') console.log(`FAILED  ${file}  ${outcome.reasons.join('; ')}`)
  if (outcome.kind === 'passed' && outcome.note !== null) console.log(`note    ${file}  ${outcome.note}`)
  if (outcome.kind === 'skipped') console.log(`skipped ${file}  ${outcome.why}`)
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
