/** Brings a file to the settings that a run had. */
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Json } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import { setAt } from '../experiment/editText.ts'
import type { Fix } from '../experiment/finding.ts'
import { member } from '../experiment/tree.ts'
import { briefly } from '../experiment/writeExperiment.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { factsOf } from './facts.ts'

/** What a run is made of, apart from where its pictures lie and what computes. */
const sections = [
  'split', 'model', 'loss', 'mining', 'curriculum', 'batch', 'optimizer', 'schedule', 'augment', 'epochs', 'stepsPerEpoch',
] as const satisfies (keyof RunSpec)[] // prettier-ignore

/**
 * The edits that make the file ask for what a run did; only what differs is written.
 * @returns `null` when nothing differs, when the file is a sweep, or when it has errors
 */
export function editsToRun(document: ExperimentDocument, context: LanguageContext, spec: RunSpec): Fix['edits'] | null {
  const facts = document.inspection.axes.length === 0 ? factsOf(document, context) : null
  if (facts === null) return null
  const edits: Fix['edits'][number][] = []
  for (const key of sections)
    for (const [path, value] of differences(document, key, toJson(facts.spec[key]), toJson(spec[key]))) {
      const written = setAt(document.tree, path, value)
      if (written === null) return null
      edits.push(...written)
    }
  return edits.length > 0 ? edits : null
}

function* differences(
  document: ExperimentDocument,
  key: string,
  now: Json,
  wanted: Json,
): Generator<[path: string, value: Json]> {
  if (JSON.stringify(now) === JSON.stringify(wanted)) return
  const setting = experimentFile.properties[key]
  const [before, after] = [record(now), record(wanted)]
  const tag = setting.kind === 'variant' ? setting.tag : null
  if (before === null || after === null || (tag !== null && before[tag] !== after[tag])) {
    yield [key, briefly(setting, wanted)]
    return
  }
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  )
  if (member(document.tree.own, key)?.value?.kind === 'object')
    for (const [name, value] of changed) yield [`${key}.${name}`, value]
  else yield [key, { ...(tag === null ? {} : { [tag]: after[tag] }), ...Object.fromEntries(changed) }]
}

function record(json: Json): Readonly<Record<string, Json>> | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Readonly<Record<string, Json>>)
    : null
}

/** Parts of a spec are JSON, which their types do not say. */
function toJson(part: RunSpec[(typeof sections)[number]]): Json {
  return JSON.parse(JSON.stringify(part)) as Json
}
