/**
 * When a line of the sidebar is drawn again. VS Code takes what a hover says away with every redraw of its line, also
 * before it was there to be read: so no line is redrawn that looks as it did, progress alone is shown at rest, and waits
 * while somebody reads.
 */

/** What a line shows; `still` without its progress, which changes many times a minute. */
export interface Look {
  readonly whole: string
  readonly still: string
}

/** Between two redraws for progress alone. VS Code's hover comes half a second after the pointer has stopped. */
const progressMilliseconds = 2000
/** How long a line that was pointed at waits with its progress. */
const readingMilliseconds = 10_000

export class Drawn {
  readonly #lines = new Map<string, { look: Look; progressFrom: number }>()

  /** A line was given to VS Code. */
  give(key: string, look: Look, now: number): void {
    this.#lines.set(key, { look, progressFrom: now + progressMilliseconds })
  }

  /** The hover of a line was asked for. */
  pointAt(key: string, now: number): void {
    const line = this.#lines.get(key)
    if (line !== undefined) line.progressFrom = now + readingMilliseconds
  }

  /** @returns when the line has to be drawn again (the same clock); `undefined`: never, as it is or was never shown */
  due(key: string, look: Look, now: number): number | undefined {
    const line = this.#lines.get(key)
    if (line === undefined || line.look.whole === look.whole) return undefined
    return line.look.still === look.still ? Math.max(now, line.progressFrom) : now
  }
}
