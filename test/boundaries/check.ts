/** Checks the import rules of .dependency-cruiser.mjs on a source tree. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import configuration from '../../.dependency-cruiser.mjs'

export const project = resolve(import.meta.dirname, '../..')
export const violations = join(import.meta.dirname, 'violations')

/** Names of the rules, each of which has a folder of its own name under violations/. */
export const rules: readonly string[] = configuration.forbidden.map(rule => rule.name)
/** The folders that seed a violation: each is laid out like the project. */
export const seeded: readonly string[] = readdirSync(violations)

export interface Violation {
  readonly rule: string
  readonly from: string
  readonly to: string
}
export interface Checked {
  /** How many modules of the tree were looked at. */
  readonly modules: number
  readonly violations: readonly Violation[]
}

const FOLDERS = ['extension', 'server', 'protocol', 'webview', 'bench', 'scripts', 'test']

/** Checks the tree under `root`, whose folders are named like the project's. */
export async function check(root: string): Promise<Checked> {
  const folders = FOLDERS.filter(folder => existsSync(join(root, folder)))
  const { output } = await cruise(folders, {
    ...configuration.options,
    baseDir: root,
    exclude: { path: '^test/boundaries/violations/' },
    validate: true,
    ruleSet: { forbidden: configuration.forbidden },
  })
  const result = output as ICruiseResult // a string only when a reporter is asked for
  return {
    modules: result.modules.filter(module => FOLDERS.some(folder => module.source.startsWith(`${folder}/`))).length,
    violations: result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}
