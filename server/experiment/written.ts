/** The way back: a run's settings as an experiment file would say them, and single settings changed in it. */
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Json } from '../catalog/entry.ts'

type Members = Record<string, Json>

/** All settings of a run, paths absolute. */
export function experimentOf(spec: RunSpec): Members {
  const all = asJson(spec)
  const settings = Object.entries(all).filter(([key]) => key !== 'version' && key !== 'clipNorm')
  return {
    ...Object.fromEntries(settings),
    dataset: writtenDataset(spec.dataset),
    optimizer: { ...record(all['optimizer']), clipNorm: all['clipNorm'] },
  }
}

function writtenDataset(dataset: RunSpec['dataset']): Json {
  switch (dataset.kind) {
    case 'emoji':
    case 'mnist':
    case 'fashion-mnist':
      return { name: dataset.kind }
    case 'idx':
      return { idx: { images: dataset.images, labels: dataset.labels } }
    default:
      return { [dataset.kind]: dataset.path }
  }
}

/**
 * One setting changed: `loss.margin=0.5`, `mining=batch-hard`, `mining={"strategy": "n-hard", "to": 3}`. What is not JSON is
 * text.
 *
 * @returns `null` when it is not of this form
 */
export function withSetting(experiment: Members, assignment: string): Members | null {
  const parts = /^([\w.-]+)\s*=\s*(.+)$/s.exec(assignment.trim())
  if (parts === null) return null
  const [, path, text] = parts
  return changed(experiment, path.split('.'), valueOf(text))
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

function changed(members: Members, [key, ...rest]: readonly string[], value: Json): Members {
  return { ...members, [key]: rest.length === 0 ? value : changed(record(members[key]), rest, value) }
}

function record(value: Json | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...(value as Members) } : {}
}

/** A spec is JSON, which its type does not say. */
function asJson(spec: RunSpec): Members {
  return JSON.parse(JSON.stringify(spec)) as Members
}
