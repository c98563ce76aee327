/** Reading an experiment file for the command line. */
import * as l10n from '@vscode/l10n'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Problem } from '../../protocol/requests.ts'
import { parseExperiment } from '../experiment/parse.ts'
import { resolveExperiment, type ResolvedRun } from '../experiment/resolve.ts'
import type { ExperimentTree } from '../experiment/tree.ts'
import { validateExperiment } from '../experiment/validate.ts'
import { nearFile, readTextOrNull } from '../experimentFiles.ts'
import { surroundingsOf } from '../surroundings.ts'
import type { SweepPlan } from '../sweeps/plan.ts'
import { exitWrongInput, fail, say } from './output.ts'

export interface CheckedFile {
  readonly problems: readonly Problem[]
  /** Empty when a problem is an error. */
  readonly runs: readonly ResolvedRun[]
  /** How a sweep goes on after these runs. */
  readonly sweep: SweepPlan | null
  readonly tree: ExperimentTree
}

/** @returns `null` when there is no such file, which has then been said */
export async function readExperiment(file: string): Promise<CheckedFile | null> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    fail(exitWrongInput, l10n.t('{0} cannot be read: {1}.', file, reason))
    return null
  }
  const folder = dirname(resolve(file))
  const { tree } = parseExperiment(text.replace(/^\uFEFF/, ''), { folder, read: readTextOrNull, near: nearFile })
  const context = { ...(await surroundingsOf(tree, folder)), partial: file.endsWith('.base.triplet.json') }
  const problems = validateExperiment(tree, context)
  const resolution = resolveExperiment(tree, context)
  return resolution.kind === 'resolved'
    ? { problems, runs: resolution.specs, sweep: resolution.sweep, tree }
    : { problems, runs: [], sweep: null, tree }
}

/** `file:line:column severity code message`, counted from 1: what editors and terminals make clickable. */
export function problemLine(file: string, { start, severity, code, message }: Problem): string {
  return `${file}:${start.line + 1}:${start.character + 1} ${severity} ${code} ${message}`
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(problem => problem.severity === 'error')
}

export function sayProblems(file: string, problems: readonly Problem[]): void {
  for (const problem of problems) say(problemLine(file, problem))
}
