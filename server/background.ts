/** Training in the background of an editor: what somebody does in it comes first, training takes what is left. */
import { readdirSync, writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const lower = constants.priority.PRIORITY_BELOW_NORMAL

/** Set for trainers that an editor's training server starts. */
export const backgroundVariable = 'TRIPLET_LAB_BACKGROUND'

/** This process with all its threads, and those that come later. There is no way back. */
export function goToBackground(): void {
  if (process.platform !== 'linux') {
    lowerPriority(0)
    return
  }
  // Here each thread has its own.
  for (const thread of readdirSync('/proc/self/task')) lowerPriority(Number(thread))
  weighSession()
}

function lowerPriority(id: number): void {
  try {
    if (getPriority(id) < lower) setPriority(id, lower)
  } catch {
    // Not allowed, or a thread that has just ended.
  }
}

/** Linux may weigh sessions instead of processes, and a process that is to outlive its starter has a session of its own. */
function weighSession(): void {
  try {
    writeFileSync('/proc/self/autogroup', String(lower))
  } catch (error) {
    // One in a tenth of a second may be changed, of all sessions of the machine.
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') setTimeout(goToBackground, 250).unref()
  }
}
