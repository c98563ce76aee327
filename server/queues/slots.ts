/**
 * How many runs train at the same time, and what each of them may compute with, so that together they take the machine
 * once: the cores are divided among them, and each graphics card has one run.
 */
import type { Placement } from '../store/runs.ts'

export interface Machine {
  readonly cores: number
  /** Graphics cards that an engine can use, by the names that CUDA knows them by. */
  readonly devices: readonly string[]
}

export interface Slots {
  /**
   * @param running what the runs have that train now
   * @param waiting runs that would be taken
   * @returns what the next run may have; `null`: no slot is free
   */
  next(running: readonly Placement[], waiting: number): Placement | null
}

/** Each run has a copy of the pictures and of the engine: a machine with many cores may not have the memory for more. */
const mostByCores = 8

/** @param wanted how many runs somebody asked for, read anew each time; `null`: as many as suit the machine */
export function slotsOf(machine: Machine, wanted: () => number | null): Slots {
  return {
    next(running, waiting) {
      const count = wanted()
      if (count !== null) return fixed(machine, count, running)
      return machine.devices.length > 0
        ? fixed(machine, machine.devices.length, running)
        : shared(machine, running, waiting)
    },
  }
}

function fixed(machine: Machine, count: number, running: readonly Placement[]): Placement | null {
  if (running.length >= count) return null
  return { threads: share(machine, count), device: leastUsed(machine, running) }
}

/**
 * A run alone has all cores. Where several wait, each has at least two: more runs with few threads each get further
 * together than few with many. A run keeps the threads that it began with, so others wait until enough are free.
 */
function shared(machine: Machine, running: readonly Placement[], waiting: number): Placement | null {
  const { cores } = machine
  const most = Math.max(1, Math.min(mostByCores, Math.floor(cores / 2)))
  if (running.length >= most) return null
  const threads = share(machine, Math.max(1, Math.min(most, running.length + waiting)))
  const used = running.reduce((sum, one) => sum + (one.threads ?? cores), 0)
  return running.length > 0 && used + (threads ?? cores) > cores ? null : { threads, device: null }
}

function share({ cores }: Machine, count: number): number | null {
  return count === 1 ? null : Math.max(1, Math.floor(cores / count))
}

function leastUsed({ devices }: Machine, running: readonly Placement[]): string | null {
  const uses = (device: string) => running.filter(one => one.device === device).length
  return devices.reduce<string | null>((best, one) => (best === null || uses(one) < uses(best) ? one : best), null)
}
