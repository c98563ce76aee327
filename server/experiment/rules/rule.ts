/** The shape of a rule, and what a rule sees: one concrete run, and ways to point at the text that made it so. */
import { modify } from 'jsonc-parser'
import * as l10n from '@vscode/l10n'
import type { Problem } from '../../../protocol/requests.ts'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import type { Json } from '../../catalog/entry.ts'
import type { DatasetState, ExperimentContext } from '../context.ts'
import type { Fix, Span } from '../finding.ts'
import { member, type ExperimentTree, type Value } from '../tree.ts'

export interface Rule {
  /** Stable; docs/diagnostics.md has a section of this name. */
  readonly code: string
  readonly severity: Problem['severity']
  /** The reason in one sentence, for the documentation. */
  readonly why: string
  readonly check: (sight: Sight) => Iterable<Remark>
}

export interface Remark {
  /** The setting to underline; where it is not written, the nearest thing around it that is. */
  readonly path: string
  readonly message: string
  readonly fixes?: readonly Fix[]
}

export class Sight {
  readonly spec: RunSpec
  readonly context: ExperimentContext
  readonly dataset: DatasetState | undefined
  readonly #tree: ExperimentTree
  readonly #chosen: ReadonlyMap<string, Value>

  constructor(tree: ExperimentTree, spec: RunSpec, chosen: ReadonlyMap<string, Value>, context: ExperimentContext) {
    this.spec = spec
    this.context = context
    this.dataset = context.dataset?.(spec.dataset)
    this.#tree = tree
    this.#chosen = chosen
  }

  /** The written value of a setting, or of the axis value chosen for it; `null` where the default stands. */
  written(path: string): Value | null {
    const chosen = this.#chosen.get(path)
    if (chosen !== undefined) return chosen
    let at: Value | null = this.#tree.root
    for (const [i, step] of path.split('.').entries()) {
      const here: Value | undefined = i === 0 ? undefined : this.#chosen.get(path.split('.').slice(0, i).join('.'))
      const from: Value | null = here ?? at
      at = (from?.kind === 'array' ? from.items[Number(step)] : member(from, step)?.value) ?? null
      if (at === null) return null
    }
    return at
  }

  /** What to underline for a setting. */
  span(path: string): Span {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const value = this.written(at)
      if (value === null) continue
      if (at === path || value.kind === 'string') return value.span
      // A whole object is too much to underline for one thing that is missing in it.
      return { offset: value.span.offset, length: 1 }
    }
    return { offset: this.#tree.root?.span.offset ?? 0, length: 1 }
  }

  /** A fix that gives a setting this value, whether it is written or not. */
  readonly set = (
    path: string,
    value: Json,
    title = l10n.t('Set "{0}" to {1}', path, JSON.stringify(value)),
  ): Fix[] => {
    const written = this.written(path)
    const text = JSON.stringify(value)
    if (written !== null) return [{ title, edits: [{ span: written.span, text }] }]
    const steps = path.split('.').map(step => (/^\d+$/.test(step) ? Number(step) : step))
    // A string that stands for an object would have to be rewritten: `"mining": "semi-hard"`.
    const parent = this.written(path.slice(0, Math.max(0, path.lastIndexOf('.'))))
    if (parent !== null && parent.kind !== 'object') return []
    const edits = modify(this.#tree.text, steps, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } })
    return [
      { title, edits: edits.map(edit => ({ span: { offset: edit.offset, length: edit.length }, text: edit.content })) },
    ]
  }
}
