/** How the command line answers: exit statuses, messages, the store it works on. */
import * as l10n from '@vscode/l10n'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { storeFolderName } from '../store/layout.ts'
import { openStore, type Store } from '../store/store.ts'

export const exitDone = 0
export const exitFailed = 1
export const exitWrongInput = 2

export interface CommonOptions {
  readonly store?: string
  readonly json?: true
}

/** For people: progress and messages never mix with a result on standard output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

export function fail(status: number, message: string): void {
  say(`triplet-lab: ${message}`)
  process.exitCode = status
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** The folder given, else the nearest `.triplet-lab` from here upwards, else the one to be made here. */
export function storeFolder(given: string | undefined): string {
  if (given !== undefined) return resolve(given)
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(folder, storeFolderName)
    if (existsSync(candidate)) return candidate
    if (dirname(folder) === folder) return resolve(storeFolderName)
  }
}

/** Runs a command on the store; says why when there is none, or when it cannot be used. */
export async function withStore(
  given: string | undefined,
  create: boolean,
  command: (store: Store) => void | Promise<void>,
): Promise<void> {
  const dir = storeFolder(given)
  const opened = openStore(dir, { create })
  switch (opened.kind) {
    case 'refused': {
      fail(exitWrongInput, opened.message)
      return
    }
    case 'absent': {
      fail(exitWrongInput, l10n.t('There are no runs in {0} yet. Start one with triplet-lab train FILE.', dir))
      return
    }
    case 'opened':
      try {
        await command(opened.store)
      } finally {
        opened.store.close()
      }
  }
}
