/** Training in the background of an editor: what somebody does in it comes first, training takes what is left. */
import { readdirSync, writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const lower = constants.priority.PRIORITY_BELOW_NORMAL

/** Set for trainers that an editor's training server starts. */
export const backgroundVariable = 'TRIPLET_LAB_BACKGROUND'

/** Milliseconds in which a panel opens that has the processors to itself. */
const opening = 1_000

/** Milliseconds between two looks at whether it is still to rest. */
const lookEvery = 30

/**
 * Somebody who has asked for a run within the last second sees its first point all the sooner if training waits until
 * that second is over.
 * @param asked when the run was queued, in milliseconds since 1970
 * @param isEnough whether there is something to do that cannot wait
 */
export async function restWhilePanelOpens(asked: number, isEnough: () => boolean): Promise<void> {
  const end = performance.now() + Math.min(asked + opening - Date.now(), opening)
  while (performance.now() < end && !isEnough()) await sleep(lookEvery)
}

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
