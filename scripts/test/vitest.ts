/** Runs one of the projects of vitest.config.ts in this process and counts what came of it. */
import { startVitest } from 'vitest/node'

export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Names of the tests that were skipped, each with the reason, which names the missing part. */
  readonly skipped: readonly string[]
}

/** @param filter only tests whose full name contains it (a regular expression) */
export async function runProject(name: 'unit' | 'processes' | 'e2e', filter?: string): Promise<Counts> {
  const vitest = await startVitest('test', [], {
    project: [name],
    watch: false,
    passWithNoTests: false,
    reporters: [name === 'unit' ? 'default' : 'tree'],
    ...(filter === undefined ? {} : { testNamePattern: filter }),
  })
  let passed = 0
  let failed = vitest.state.getUnhandledErrors().length
  const skipped: string[] = []
  for (const file of vitest.state.getTestModules()) {
    let failedHere = 0
    for (const test of file.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') passed++
      else if (result.state === 'failed') failedHere++
      else if (filter === undefined) skipped.push(`${test.fullName}: ${noteOf(result) ?? 'no reason given'}`)
    }
    // A file that cannot be loaded, or whose hooks fail, has no test to blame.
    if (failedHere === 0 && file.state() === 'failed') failedHere = 1
    failed += failedHere
  }
  await vitest.close()
  if (passed + failed + skipped.length === 0) failed = 1
  return { passed, failed, skipped }
}

function noteOf(result: object): string | undefined {
  return 'note' in result && typeof result.note === 'string' ? result.note : undefined
}
