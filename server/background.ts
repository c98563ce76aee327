/** Training in the background of an editor: what somebody does in it comes first, training takes what is left. */
import { readdirSync, writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const lower = constants.priority.PRIORITY_BELOW_NORMAL

/** Set for trainers that an editor's training server starts. */
export const backgroundVariable = 'TRIPLET_LAB_BACKGROUND'

/** Milliseconds in which a panel opens that has the processors to itself. */
const opening = 1_000

/**
 * For a run that has its first point: from now on it is in the background. Somebody who has asked for it within the last
 * second sees it all the sooner if training waits until that second is over.
 * @param asked when the run was queued, in milliseconds since 1970
 */
export async function stepBack(asked: number): Promise<void> {
  goToBackground()
  const rest = asked + opening - Date.now()
  if (rest > 0) await sleep(Math.min(rest, opening))
}

/** This process with all its threads, and those that come later. There is no way back. */
function goToBackground(): void {
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
