/**
 * A small query over runs, the same in the sidebar and in a terminal: `miner:semi-hard margin>0.1 R@1>0.8 tag:paper`.
 * All terms must hold; `-` in front turns a term round; a bare word is looked for in name, experiment, tags and notes.
 */
import { metricIds } from './metrics.ts'
import type { RunRow } from './runEvent.ts'
import { scoreOf } from './runOrder.ts'

export type RunTest = (run: RunRow) => boolean

export type ParsedQuery =
  /** `metrics`: whose summaries the test looks at. */
  | { readonly kind: 'ok'; readonly test: RunTest; readonly metrics: readonly string[] }
  /** `term` is the part that is not understood. */
  | { readonly kind: 'wrong'; readonly term: string }

const operators = ['>=', '<=', '!=', '>', '<', '=', ':'] as const
type Operator = (typeof operators)[number]

/** Names that people use for settings that lie deeper. */
const shortNames: Readonly<Record<string, string>> = {
  miner: 'mining.strategy',
  margin: 'loss.margin',
  distance: 'loss.distance',
  lr: 'optimizer.learningRate',
  rate: 'optimizer.learningRate',
  optimizer: 'optimizer.name',
  model: 'model.architecture',
  size: 'model.embeddingSize',
  dataset: 'dataset.kind',
  p: 'batch.classes',
  k: 'batch.samplesPerClass',
}

/** `R@1` is how `test/recallAt1` is shown. */
const metricNames: ReadonlyMap<string, string> = new Map([
  ...metricIds.map(id => [id.replace(/^test\//, '').toLowerCase(), id] as const),
  // Last, so that a whole name wins: "loss" is that of training, "test/loss" the held-out one.
  ...metricIds.map(id => [id.toLowerCase(), id] as const),
  ...[1, 2, 4, 8].map(k => [`r@${k}`, `test/recallAt${k}`] as const),
  ['map@r', 'test/mapAtR'],
  ['auc', 'test/rocAuc'],
])

export function parseQuery(query: string): ParsedQuery {
  const tests: RunTest[] = []
  const metrics = new Set<string>()
  for (const [term] of query.matchAll(/(?:[^\s"]|"[^"]*")+/g)) {
    const isNegated = term.startsWith('-') && term.length > 1
    const test = parseTerm(isNegated ? term.slice(1) : term, metrics)
    if (test === undefined) return { kind: 'wrong', term }
    tests.push(isNegated ? run => !test(run) : test)
  }
  return { kind: 'ok', test: run => tests.every(test => test(run)), metrics: [...metrics] }
}

function parseTerm(term: string, metrics: Set<string>): RunTest | undefined {
  const found = /^([\w@./]+)(>=|<=|!=|>|<|=|:)(.+)$/.exec(term)
  if (found === null) {
    const word = unquote(term).toLowerCase()
    return run => textOf(run).includes(word)
  }
  const [, key, , rest] = found
  const operator = operators.find(one => one === found[2]) ?? ':'
  const read = reader(key, metrics)
  if (read === undefined) return undefined
  const holds = comparison(operator, unquote(rest))
  return run => read(run).some(holds)
}

type Value = string | number | boolean

/** `undefined` where nothing is called like this. */
function reader(key: string, metrics: Set<string>): ((run: RunRow) => readonly Value[]) | undefined {
  const name = key.toLowerCase()
  const metric = metricNames.get(name)
  if (metric !== undefined && !(name in shortNames)) {
    metrics.add(metric)
    // What stands beside the run in the sidebar.
    return run => {
      const score = scoreOf(run, metric)
      return score === undefined ? [] : [score]
    }
  }
  switch (name) {
    case 'tag':
      return run => run.tags
    case 'name':
      return run => [run.name]
    case 'experiment':
      return run => [run.experiment]
    case 'status':
    case 'state':
      return run => [run.status]
    case 'engine':
      return run => [run.engine ?? '']
    case 'notes':
      return run => [run.notes]
    case 'group':
      return run => [run.heading]
    case 'star':
      return run => [run.star ? 'yes' : 'no']
    case 'archived':
      return run => [run.archived ? 'yes' : 'no']
    case 'id':
    case 'run':
      return run => [run.id]
    case 'sweep':
      return run => (run.sweepId === null ? [] : [run.sweepId])
    case 'step':
      return run => [run.step]
    default: {
      const path = (shortNames[name] ?? key).split('.')
      return specKeys.has(path[0].toLowerCase()) ? run => valuesAt(run.spec, path) : undefined
    }
  }
}

/** First parts of the settings' paths. */
const specKeys: ReadonlySet<string> = new Set(
  'dataset image split model loss mining curriculum batch optimizer schedule clipnorm augment epochs stepsperepoch evaluation seed'.split(
    ' ',
  ),
)

function valuesAt(settings: object, path: readonly string[]): Value[] {
  let value: unknown = settings
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return []
    value = Object.hasOwn(value, key) ? value[key as keyof typeof value] : inAnyCase(value, key)
  }
  return isValue(value) ? [value] : []
}

function inAnyCase(settings: object, key: string): unknown {
  return Object.entries(settings).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
}

const isValue = (value: unknown): value is Value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** What a value is held against, read once for all runs. */
function comparison(operator: Operator, wanted: string): (value: Value) => boolean {
  const number = wanted.trim() === '' ? NaN : Number(wanted)
  const isFinite = Number.isFinite(number)
  const text = wanted.toLowerCase()
  const isNumber = (value: Value): value is number => isFinite && typeof value === 'number'
  const textOf = (value: Value) => String(value).toLowerCase()
  switch (operator) {
    case ':':
      return value => (isNumber(value) ? value === number : textOf(value).includes(text))
    case '=':
      return value => (isNumber(value) ? value === number : textOf(value) === text)
    case '!=':
      return value => (isNumber(value) ? value !== number : textOf(value) !== text)
    case '>':
      return value => isNumber(value) && value > number
    case '<':
      return value => isNumber(value) && value < number
    case '>=':
      return value => isNumber(value) && value >= number
    case '<=':
      return value => isNumber(value) && value <= number
  }
}

function textOf(run: RunRow): string {
  return [run.name, run.experiment, ...run.tags, run.notes].join('\n').toLowerCase()
}

const unquote = (text: string) => text.replaceAll('"', '')
