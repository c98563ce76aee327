/**
 * Threads in step. Every thread runs the same program on its own part of the batch and meets the others at barriers.
 * Waiting is by spinning for a moment, since the others are usually about to arrive, and then asleep.
 */

/** Words of the shared control block. */
const word = { arrived: 0, phase: 1, broken: 2, command: 3, images: 4, left: 5, count: 8 } as const

/** Milliseconds in which a thread leaves that has been told to, unless something holds it up. */
const leaving = 1000

export const controlBytes = word.count * 4

export type Command = 'train' | 'embed' | 'skip' | 'stop'
const commands: readonly Command[] = ['train', 'embed', 'skip', 'stop']

/** Looks at the others before going to sleep: for about a quarter of a millisecond, longer than most waits. */
const spins = 20000

export class Team {
  readonly rank: number
  readonly size: number
  readonly #words: Int32Array

  constructor(memory: WebAssembly.Memory, address: number, rank: number, size: number) {
    this.rank = rank
    this.size = size
    this.#words = new Int32Array(memory.buffer, address, word.count)
  }

  /** Returns when every thread has called it. @throws Error when another thread has failed */
  barrier(): void {
    if (this.size === 1) return
    const words = this.#words
    const phase = Atomics.load(words, word.phase)
    if (Atomics.add(words, word.arrived, 1) === this.size - 1) {
      Atomics.store(words, word.arrived, 0)
      Atomics.add(words, word.phase, 1)
      Atomics.notify(words, word.phase)
    } else {
      for (let i = 0; i < spins && Atomics.load(words, word.phase) === phase; i++);
      while (Atomics.load(words, word.phase) === phase && Atomics.load(words, word.broken) === 0) {
        Atomics.wait(words, word.phase, phase, 1000)
      }
    }
    if (this.broken) throw new Error('Another thread of the engine has failed.')
  }

  /** Waits for the next command. @returns whether it is to leave, which it may be told before all are there */
  stopped(): boolean {
    if (this.broken && this.command === 'stop') return true
    try {
      this.barrier()
    } catch (error) {
      if (this.command !== 'stop') throw error
    }
    return this.command === 'stop'
  }

  /** Lets everybody out of the barriers, with an error: this thread cannot go on. */
  fail(): void {
    Atomics.store(this.#words, word.broken, 1)
    Atomics.notify(this.#words, word.phase)
  }

  /** This thread calls nothing native any more. */
  leave(): void {
    Atomics.add(this.#words, word.left, 1)
    Atomics.notify(this.#words, word.left)
  }

  /** Waits until all others have left: whoever ends the process in the middle of a native call of theirs makes it crash. */
  waitForLeavers(): void {
    const end = performance.now() + leaving
    for (;;) {
      const left = Atomics.load(this.#words, word.left)
      const rest = end - performance.now()
      if (left >= this.size - 1 || rest <= 0) return
      Atomics.wait(this.#words, word.left, left, rest)
    }
  }

  /** A thread has failed: no barrier will be reached by all any more. */
  get broken(): boolean {
    return Atomics.load(this.#words, word.broken) !== 0
  }

  get command(): Command {
    return commands[Atomics.load(this.#words, word.command)] ?? 'stop'
  }

  set command(command: Command) {
    Atomics.store(this.#words, word.command, commands.indexOf(command))
  }

  /** Pictures in the batch at hand. */
  get images(): number {
    return Atomics.load(this.#words, word.images)
  }

  set images(count: number) {
    Atomics.store(this.#words, word.images, count)
  }

  /** The pictures of one thread: from the first to before the last. */
  part(rank = this.rank): { readonly first: number; readonly images: number } {
    const first = Math.floor((this.images * rank) / this.size)
    return { first, images: Math.floor((this.images * (rank + 1)) / this.size) - first }
  }
}
