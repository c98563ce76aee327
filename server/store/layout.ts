/** Where things lie in a store folder, `.triplet-lab` in a workspace. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const storeFolderName = '.triplet-lab'

export const databaseFile = (dir: string) => join(dir, 'runs.sqlite')
export const serverLockFile = (dir: string) => join(dir, 'locks', 'training-server.lock')
export const trainerLockFile = (dir: string, runId: number) => join(dir, 'locks', `run-${runId}.lock`)
/** A hint, which may be lost; see server/likelySpec. */
export const likelySpecFile = (dir: string) => join(dir, 'likely-run.json')
export const runFolder = (dir: string, runId: number) => join(dir, 'runs', String(runId))
export const logFile = (dir: string, name: string) => join(dir, 'logs', `${name}.log`)

/** What tells a file from another one of its name that came after it; `null`: there is none. */
export function identity(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.dev} ${found.ino} ${found.birthtimeMs}` : null
}

/** Makes the folder; git ignores all of it, because it ignores itself. */
export function prepareFolder(dir: string): void {
  for (const folder of ['locks', 'logs', 'runs']) mkdirSync(join(dir, folder), { recursive: true })
  const ignore = join(dir, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
}
