/** The processes that one test's editor has started, however detached: they inherit a mark in their environment. */
import { readFile, readdir } from 'node:fs/promises'

/** Name and value of the mark in the environment of everything that a test starts. */
export const MARK = 'TRIPLET_LAB_END_TO_END'

export interface Found {
  readonly pid: number
  readonly command: string
}

/** Whether processes can be looked up here: only Linux shows another process's environment in a file. */
export const canFindProcesses = process.platform === 'linux'

/** The living processes with this mark whose command line contains `part`, as in `trainer.cjs`. */
export async function findProcesses(mark: string, part = ''): Promise<Found[]> {
  if (!canFindProcesses) return []
  const found: Found[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const environment = await readFile(`/proc/${name}/environ`, 'utf8')
      if (!environment.split('\0').includes(`${MARK}=${mark}`)) continue
      const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()
      if (command !== '' && command.includes(part)) found.push({ pid: Number(name), command })
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

/** Ends them at once, as a crash would (kill -9). Returns how many there were. */
export async function killProcesses(mark: string, part = ''): Promise<number> {
  const found = await findProcesses(mark, part)
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  return found.length
}
