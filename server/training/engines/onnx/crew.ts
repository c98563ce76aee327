/** Starts the threads of an engine: as many as can share a memory with ONNX Runtime, else one. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { takeThread } from '../../spareThreads.ts'
import type { EngineOptions } from '../trainEngine.ts'
import { compileKernels } from './kernels.ts'
import { createMemory } from './memory.ts'
import { type Ort, loadOrt } from './ort.ts'
import { Part, type PartOptions } from './part.ts'
import { productGraph } from './productGraphs.ts'
import type { WorkerSetup } from './worker.ts'

export interface Crew {
  readonly ort: Ort
  readonly memory: WebAssembly.Memory
  /** One a thread, to write pictures into and to read embeddings from; the first is the one that runs here. */
  readonly parts: readonly Part[]
  /** All threads have started. Before that, nobody may wait at a barrier: events would not get through. */
  readonly ready: Promise<void>
  /** The error of a thread that has failed. */
  failure(): Error | null
  dispose(): void
}

export function startCrew(engine: EngineOptions, threads: number): Crew {
  const ort = loadOrt()
  const shared = threads > 1 && sharesMemory(ort)
  const options: PartOptions = {
    engine,
    ranks: shared ? threads : 1,
    productThreads: shared ? 1 : threads,
    kernels: compileKernels(shared),
  }
  // Built over one page, only to know its size: a program touches no memory until it runs.
  const { bytes, firstStart } = new Part(options, createMemory(1, shared), ort, 0, 0)
  const memory = createMemory(firstStart + bytes * options.ranks, shared)
  const parts = Array.from({ length: options.ranks }, (_, rank) => new Part(options, memory, ort, rank, bytes))
  let failure: Error | null = null
  let disposed = false
  let started = false
  const starts = parts.slice(1).map(part => {
    const setup: WorkerSetup = { options, memory, rank: part.team.rank, partBytes: bytes }
    const worker = takeThread(crewThread(), setup)
    return new Promise<void>((resolve, reject) => {
      worker.once('message', () => {
        // From here on it does not keep the process alive.
        worker.unref()
        resolve()
      })
      worker.once('error', error => {
        failure ??= error instanceof Error ? error : new Error(String(error))
        part.team.fail()
        reject(failure)
      })
    })
  })
  const ready = Promise.all(starts).then(() => {
    started = true
  })
  // Whoever uses the engine hears of it; an engine that is never used may fail in silence.
  ready.catch(() => undefined)
  return {
    ort,
    memory,
    parts,
    ready,
    failure: () => failure,
    dispose() {
      if (disposed) return
      disposed = true
      // They leave by themselves: a thread that is ended from outside may be in the middle of native code.
      const [{ team }] = parts
      team.command = 'stop'
      if (started && !team.broken) team.barrier()
      else team.fail()
      if (started) team.waitForLeavers()
      for (const part of parts) part.dispose()
    },
  }
}

/** What each thread but the first runs: beside this file in the sources, under this name beside a bundle. */
export function crewThread(): URL {
  const bundled = new URL('./onnxWorker.cjs', import.meta.url)
  return existsSync(fileURLToPath(bundled)) ? bundled : new URL('./worker.ts', import.meta.url)
}

let shares: boolean | undefined

/** Whether ONNX Runtime takes arrays in shared memory here: its package needs a Node-API that allows them. */
function sharesMemory(ort: Ort): boolean {
  if (shares !== undefined) return shares
  const one = ort.tensor(new Float32Array(new SharedArrayBuffer(4)), [1, 1])
  const session = ort.session(productGraph('plain', false), 1)
  try {
    session.run({ a: one, b: one }, { y: one })
    shares = true
  } catch {
    shares = false
  } finally {
    session.dispose()
  }
  return shares
}
