/** The reference pages, made from the catalog and the rules, so that they say what the program does. */
import { describeRange, type Setting } from '../../server/catalog/entry.ts'
import { experimentFile } from '../../server/catalog/experimentFile.ts'
import { type Metric, metrics } from '../../server/catalog/metrics.ts'
import { codes } from '../../server/experiment/rules/codes.ts'

/** docs/diagnostics.md: a section per code, which diagnostics in the editor link to. */
export function diagnosticsPage(): string {
  const sections = codes.flatMap(({ code, severity, why }) => ['', `## ${code}`, '', `_${severity}_ · ${why}`])
  return [
    '# Diagnostics',
    '',
    'What the editor and `triplet-lab check` say about an experiment file, and why. Each finding carries one of these',
    'codes. A light bulb in the editor offers the repair, where there is one that most people want.',
    ...sections,
    '',
  ].join('\n')
}

/** docs/experiment-file.md: every setting with its default, range and meaning. */
export function experimentPage(): string {
  const sections = Object.entries(experimentFile.properties).flatMap(([key, setting]) => section(key, setting))
  return [
    '# The experiment file',
    '',
    'JSON with comments, named `*.triplet.json`. Only `dataset` has to be there; everything else has a default. Wherever one',
    'value stands, `{ "values": […] }` tries several: the file is then a sweep.',
    ...sections,
    ...measures(),
    '',
  ].join('\n')
}

/** What a run says of itself, in the order of protocol/metrics.ts. */
function measures(): string[] {
  const rows = Object.entries<Metric>(metrics).map(
    ([id, metric]) => `| \`${id}\` | ${metric.title} | ${cell(about(metric))} |`,
  )
  return [
    '',
    '## What a run measures',
    '',
    'Ids that begin with `test/` are measured on the held-out side after each evaluation, the others at every step;',
    'what is said about all triplets of a batch after step 500 at every eighth. A sweep’s',
    '`metric` takes them by name; `triplet-lab show RUN` lists them, with the held-out classes that are retrieved worst.',
    '',
    '| id | name | |',
    '| --- | --- | --- |',
    ...rows,
  ]
}

function section(key: string, setting: Setting): string[] {
  const lines = ['', `## ${key}`, '', about(setting)]
  if (setting.kind === 'variant') {
    lines.push('', `\`${setting.tag}\` is one of:`)
    for (const [id, option] of Object.entries(setting.options)) {
      lines.push('', `### ${key}: ${id}`, '', about(option), ...table(option.properties))
    }
  }
  if (setting.kind === 'object' || setting.kind === 'oneOf') lines.push(...table(setting.properties, setting.kind))
  if (setting.kind === 'list' && setting.item.kind === 'object') lines.push(...table(setting.item.properties))
  if (setting.kind === 'number' || setting.kind === 'text') lines.push('', `Default: ${defaultOf(setting)}.`)
  return lines
}

function table(properties: Readonly<Record<string, Setting>>, kind: Setting['kind'] = 'object'): string[] {
  if (Object.keys(properties).length === 0) return []
  const rows = Object.entries(properties).map(
    ([key, setting]) =>
      `| \`${key}\` | ${kind === 'oneOf' ? 'one of these' : defaultOf(setting)} | ${valuesOf(setting)} | ${cell(about(setting))} |`,
  )
  return ['', '| setting | default | values | |', '| --- | --- | --- | --- |', ...rows]
}

function about({ summary, formula, citation }: Pick<Setting, 'summary' | 'formula' | 'citation'>): string {
  const source = citation && `[${citation.paper}${citation.section ? `, ${citation.section}` : ''}](${citation.url})`
  return [summary, formula && `\`${formula}\``, source].filter(part => part !== undefined).join(' ')
}

function defaultOf(setting: Setting): string {
  if (setting.optional === true) return 'left out'
  if (setting.kind === 'oneOf') return 'required'
  if (setting.kind === 'object') return ''
  if (!('default' in setting)) return 'required'
  if (setting.default === null) return setting.whenNull ?? '`null`'
  return `\`${JSON.stringify(setting.default)}\``
}

function valuesOf(setting: Setting): string {
  switch (setting.kind) {
    case 'number': {
      const range = setting.only?.join(', ') ?? describeRange(setting)
      return `${range}${setting.integer ? ', whole' : ''}${setting.unit === undefined ? '' : `, ${setting.unit}`}`
    }
    case 'boolean':
      return 'true, false'
    case 'choice':
      return Object.keys(setting.choices)
        .map(id => `\`${id}\``)
        .join(', ')
    case 'text':
      return setting.path === undefined ? 'text' : 'path'
    case 'list':
      return 'list'
    case 'variant':
      return Object.keys(setting.options)
        .map(id => `\`${id}\``)
        .join(', ')
    case 'object':
    case 'oneOf':
      return Object.keys(setting.properties)
        .map(id => `\`${id}\``)
        .join(', ')
  }
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
