/** The shape of a rule, and what a rule sees: one concrete run, and ways to point at the text that made it so. */
import * as l10n from '@vscode/l10n'
import type { Problem } from '../../../protocol/requests.ts'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import type { Json } from '../../catalog/entry.ts'
import type { DatasetState, ExperimentContext, PictureShape } from '../context.ts'
import { inline, removeAt, setAt } from '../editText.ts'
import type { Fix, Span } from '../finding.ts'
import { isInherited, member, type ExperimentTree, type Value } from '../tree.ts'

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
  /** The setting does nothing: an editor may show it faded. */
  readonly unnecessary?: boolean
  readonly fixes?: readonly Fix[]
}

export class Sight {
  readonly spec: RunSpec
  readonly context: ExperimentContext
  readonly dataset: DatasetState | undefined
  readonly #tree: ExperimentTree
  readonly #chosen: ReadonlyMap<string, Value>
  readonly #onLook: (section: string) => void

  /** @param onLook told which settings of the top level are looked at; of dataset and image it is always taken for granted */
  constructor(
    tree: ExperimentTree,
    spec: RunSpec,
    chosen: ReadonlyMap<string, Value>,
    context: ExperimentContext,
    onLook: (section: string) => void = () => {},
  ) {
    this.#onLook = onLook
    this.spec = watched(spec, onLook)
    this.context = context
    this.dataset = context.dataset?.(spec.dataset)
    this.#tree = tree
    this.#chosen = chosen
  }

  /** Pictures as the network sees them; `null` where their size is not known. */
  get picture(): PictureShape | null {
    const { size, channels } = this.spec.image
    const own = this.dataset?.kind === 'known' ? this.dataset.shape : null
    const depth = channels ?? own?.channels
    if (depth === undefined) return null
    if (size !== null) return { height: size, width: size, channels: depth }
    return own === null ? null : { height: own.height, width: own.width, channels: depth }
  }

  /** The written value of a setting, or of the axis value chosen for it; `null` where the default stands. */
  readonly written = (path: string): Value | null => {
    const value = this.#find(path)
    return value === null || isInherited(this.#tree, value.span) ? null : value
  }

  /** The value that counts, whether it is written here or inherited. */
  #find(path: string): Value | null {
    const steps = path.split('.')
    this.#onLook(steps[0])
    const chosen = this.#chosen.get(path)
    if (chosen !== undefined) return chosen
    let at: Value | null = this.#tree.root
    for (const [i, step] of steps.entries()) {
      const here: Value | undefined = i === 0 ? undefined : this.#chosen.get(steps.slice(0, i).join('.'))
      const from: Value | null = here ?? at
      at = (from?.kind === 'array' ? from.items[Number(step)] : member(from, step)?.value) ?? null
      if (at === null) return null
    }
    return at
  }

  /** What to underline for a setting. */
  span(path: string): Span {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const value = this.#find(at)
      if (value === null) continue
      if (at === path || value.kind === 'string' || isInherited(this.#tree, value.span)) return value.span
      // A whole object is too much to underline for one thing that is missing in it.
      return { offset: value.span.offset, length: 1 }
    }
    return { offset: this.#tree.root?.span.offset ?? 0, length: 1 }
  }

  /** A fix that gives a setting this value, whether it is written or not. */
  readonly set = (path: string, value: Json, title = l10n.t('Set "{0}" to {1}', path, inline(value))): Fix[] =>
    this.change(title, [[path, value]])

  /** A fix that takes a setting out of the file. */
  readonly remove = (path: string): Fix[] => this.change(l10n.t('Remove "{0}"', path), [[path, undefined]])

  /** Several settings in one fix; none when one of them cannot be written where it belongs. */
  readonly change = (title: string, values: readonly (readonly [path: string, value: Json | undefined])[]): Fix[] => {
    const edits = values.map(([path, value]) => this.#edit(path, value))
    return edits.every(one => one !== null) ? [{ title, edits: edits.flat() }] : []
  }

  /** A fix that puts the entries of a written list in another order, each with its text as it is; none for a default. */
  readonly reorder = (path: string, order: readonly number[], title: string): Fix[] => {
    const list = this.written(path)
    if (list?.kind !== 'array') return []
    const { text } = this.#tree
    const edits = order.flatMap((from, to) => {
      const [source, target] = [list.items.at(from)?.span, list.items.at(to)?.span]
      if (source === undefined || target === undefined || from === to) return []
      return [{ span: target, text: text.slice(source.offset, source.offset + source.length) }]
    })
    return edits.length === 0 ? [] : [{ title, edits }]
  }

  #edit(path: string, value: Json | undefined): Fix['edits'] | null {
    if (value === undefined) return removeAt(this.#tree, path)
    const written = this.written(path)
    // Also where it is one of several values of an axis.
    if (written !== null) return [{ span: written.span, text: inline(value) }]
    return setAt(this.#tree, path, value)
  }
}

function watched(spec: RunSpec, onLook: (section: string) => void): RunSpec {
  return new Proxy(spec, {
    get(target, key, receiver): unknown {
      onLook(String(key))
      return Reflect.get(target, key, receiver)
    },
  })
}
