/**
 * What the experiment that somebody is at asks for, told by the language server to the training server in a file beside the
 * store: a hint that may be lost, and need not wait for the disk.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import * as v from 'valibot'
import { RunSpec } from '../protocol/runSpec.ts'
import { identity, likelySpecFile } from './store/layout.ts'

/** @param spec `null`: nothing in particular */
export async function tellLikelySpec(dir: string, spec: RunSpec | null): Promise<void> {
  const file = likelySpecFile(dir)
  if (spec === null) {
    await rm(file, { force: true })
    return
  }
  // Whole or not at all, whoever else is writing.
  const temporary = `${file}.${randomUUID()}`
  await writeFile(temporary, JSON.stringify(spec))
  await rename(temporary, file)
}

/** Looks at the file as often as one likes. */
export class LikelySpec {
  readonly #file: string
  #identity: string | null = null
  #text = ''
  #spec: RunSpec | null = null

  constructor(dir: string) {
    this.#file = likelySpecFile(dir)
  }

  /** @returns the same object as long as it says the same; `null` where there is no file, or none that can be read */
  get current(): RunSpec | null {
    const found = identity(this.#file)
    if (found === null) return null
    if (found !== this.#identity) {
      this.#identity = found
      this.#read()
    }
    return this.#spec
  }

  #read(): void {
    try {
      const text = readFileSync(this.#file, 'utf8')
      if (text === this.#text) return
      this.#text = text
      this.#spec = v.parse(RunSpec, JSON.parse(text))
    } catch {
      this.#text = ''
      this.#spec = null
    }
  }
}
