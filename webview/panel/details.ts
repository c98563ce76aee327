/** What a run keeps besides numbers, as far as the page has asked for it: which steps there are, and the one shown. */
import * as v from 'valibot'
import {
  ClassesDetail,
  DifficultyDetail,
  HardestDetail,
  PicturesDetail,
  SampleDetail,
  type DetailKind,
} from '../../protocol/details.ts'
import type { FromPanel, ToPanel } from '../../protocol/panel.ts'

const decoders = {
  difficulty: DifficultyDetail,
  hardest: HardestDetail,
  hardestPictures: PicturesDetail,
  sample: SampleDetail,
  samplePictures: PicturesDetail,
  classes: ClassesDetail,
} as const
type Decoded<K extends DetailKind> = v.InferOutput<(typeof decoders)[K]>

export interface Shown<K extends DetailKind> {
  readonly step: number
  readonly data: Decoded<K>
}

interface Entry {
  steps: number[]
  shown: { readonly step: number; readonly data: unknown } | undefined
  /** What the latest request was for; answers to earlier ones are still taken, the latest comes last. */
  asked: number | null | undefined
  isAwaited: boolean
}

type DetailAnswer = Extract<ToPanel, { kind: 'detail' }>

export class Details {
  readonly #entries = new Map<DetailKind, Entry>()
  #cleared = 0

  clear(): void {
    this.#entries.clear()
    this.#cleared++
  }

  /** How often all was forgotten: then what is shown must be asked for again. */
  get cleared(): number {
    return this.#cleared
  }

  /** @throws ValiError when what was kept is not what it should be */
  take(answer: DetailAnswer): void {
    const entry = this.#entry(answer.detail)
    const last = entry.steps.at(-1) ?? -1
    entry.steps.push(...answer.steps.filter(step => step > last))
    entry.isAwaited = false
    // The same step is the same thing: what was made of it stays.
    if (answer.found === null || answer.found.step === entry.shown?.step) return
    const { step, data } = answer.found
    entry.shown = { step, data: v.parse(decoders[answer.detail], data) }
  }

  /** Steps that have something of this kind, ascending. */
  steps(kind: DetailKind): readonly number[] {
    return this.#entry(kind).steps
  }

  shown<K extends DetailKind>(kind: K): Shown<K> | undefined {
    // What stands here went through the decoder of its kind.
    return this.#entry(kind).shown as Shown<K> | undefined
  }

  /** Whether an answer is still to come. */
  isAwaited(kind: DetailKind): boolean {
    return this.#entry(kind).isAwaited
  }

  /** What to send in order to show a step (`null`: the newest); nothing when that was asked for already. */
  ask(runId: number, kind: DetailKind, step: number | null): FromPanel | undefined {
    const entry = this.#entry(kind)
    if (entry.asked === step && step !== null) return undefined
    entry.asked = step
    entry.isAwaited = true
    const { steps, shown } = entry
    return { kind: 'detail', runId, detail: kind, step, knownStep: steps.at(-1) ?? -1, shownStep: shown?.step ?? -1 }
  }

  #entry(kind: DetailKind): Entry {
    let entry = this.#entries.get(kind)
    if (entry === undefined) {
      entry = { steps: [], shown: undefined, asked: undefined, isAwaited: false }
      this.#entries.set(kind, entry)
    }
    return entry
  }
}
