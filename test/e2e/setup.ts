/** Before the first end-to-end test: a real VS Code and a Chromium, or the reason why there is none. */
import type { TestProject } from 'vitest/node'
import { haveChromium } from '../../scripts/vscode/chromium.ts'
import { installVsCode } from '../../scripts/vscode/install.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser, or '' when something is missing. */
    chromium: string
    /** What is missing and what to do about it, or ''. */
    missing: string
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const say = (sentence: string) => console.error(sentence)
  const chromium = await haveChromium(say)
  let missing = chromium.kind === 'missing' ? chromium.advice : ''
  try {
    await installVsCode(say)
  } catch (error) {
    missing = `VS Code could not be set up: ${error instanceof Error ? error.message : String(error)}`
  }
  // A machine that checks submissions has no excuse; a person without a network still gets the other tests.
  if (missing && process.env['CI']) throw new Error(missing)
  project.provide('chromium', chromium.kind === 'found' ? chromium.path : '')
  project.provide('missing', missing)
}
