/** The JSON schema of an experiment file, made from the catalog: for completion here, and for editors without this server. */
import * as l10n from '@vscode/l10n'
import type { JSONSchema } from 'vscode-json-languageservice'
import type { NumberSetting, Option, Setting } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import { distributions, sweep } from '../catalog/sweeps.ts'
import { fromJson } from '../experiment/tree.ts'
import { describeChoice, describeSetting } from './describe.ts'
import { worthTrying } from './sweepActions.ts'

export const schemaUri = 'triplet-lab://schema/experiment.json'

/** In the language that is configured when it is called. */
export function experimentSchema(): JSONSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Triplet Lab',
    ...plain(experimentFile),
    allowComments: true,
    allowTrailingCommas: true,
    defaultSnippets: fileSnippets(),
  }
}

/** The schema of a setting: its value, or an axis over such values. */
function schemaOf(setting: Setting): JSONSchema {
  const own = plain(setting)
  if (setting.kind === 'object' || setting.kind === 'text' || setting.kind === 'oneOf') return own
  const { markdownDescription, defaultSnippets, ...value } = own
  const preset: unknown = own.default
  return {
    ...(markdownDescription === undefined ? {} : { markdownDescription }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [{ ...value, ...(defaultSnippets === undefined ? {} : { defaultSnippets }) }, ...axes(setting, value)],
  }
}

function axes(setting: Setting, value: JSONSchema): JSONSchema[] {
  const start = 'default' in setting ? setting.default : undefined
  const tries = start === undefined || start === null ? null : worthTrying(setting, fromJson(start, nowhere))
  const values: JSONSchema = {
    type: 'object',
    required: ['values'],
    additionalProperties: false,
    properties: { values: { type: 'array', items: value, markdownDescription: l10n.t('The values that are tried.') } },
    ...(tries === null
      ? {}
      : {
          defaultSnippets: [
            {
              label: l10n.t('sweep over {0}', tries.map(one => JSON.stringify(one)).join(', ')),
              body: { values: tries },
            },
          ],
        }),
  }
  if (setting.kind !== 'number') return [values]
  const interval: JSONSchema = {
    type: 'object',
    required: ['min', 'max'],
    additionalProperties: false,
    properties: {
      min: { type: 'number', markdownDescription: l10n.t('The smallest value.') },
      max: { type: 'number', markdownDescription: l10n.t('The largest value.') },
      distribution: {
        enum: Object.keys(distributions),
        markdownEnumDescriptions: Object.values(distributions).map(describeChoice),
      },
      q: { type: 'number', exclusiveMinimum: 0, markdownDescription: l10n.t('The step between values.') },
    },
  }
  return [values, interval]
}

const nowhere = { offset: 0, length: 0 }

function plain(setting: Setting): JSONSchema {
  const described: JSONSchema = { markdownDescription: describeSetting(setting) }
  switch (setting.kind) {
    case 'number':
      return { ...described, ...numberSchema(setting) }
    case 'boolean':
      return { ...described, type: 'boolean', default: setting.default }
    case 'choice':
      return {
        ...described,
        enum: Object.keys(setting.choices),
        markdownEnumDescriptions: Object.values(setting.choices).map(describeChoice),
        ...(setting.default === undefined ? {} : { default: setting.default }),
      }
    case 'text':
      return { ...described, type: 'string', ...(setting.default === undefined ? {} : { default: setting.default }) }
    case 'list':
      return { ...described, type: 'array', items: schemaOf(setting.item), minItems: setting.minItems }
    case 'object':
      return {
        ...described,
        ...objectSchema(setting.properties),
        ...(setting === sweep ? { defaultSnippets: sweepSnippets() } : {}),
      }
    case 'oneOf':
      return {
        ...described,
        ...objectSchema(setting.properties),
        minProperties: 1,
        maxProperties: 1,
        defaultSnippets: [
          { label: '{ "name": "emoji" }', body: { name: 'emoji' } },
          { label: '{ "folder": "./…" }', body: { folder: '${1:./pictures}' } },
          { label: '{ "csv": "./…" }', body: { csv: '${1:./pictures.csv}' } },
        ],
      }
    case 'variant': {
      const ids = Object.keys(setting.options)
      return {
        ...described,
        anyOf: [
          { enum: ids, markdownEnumDescriptions: Object.values(setting.options).map(describeChoice) },
          ...Object.entries(setting.options).map(([id, option]) => optionSchema(setting.tag, id, option)),
        ],
        ...(setting.default === undefined ? {} : { default: setting.default }),
      }
    }
  }
}

function optionSchema(tag: string, id: string, option: Option): JSONSchema {
  const own = objectSchema(option.properties)
  const listed: JSONSchema = { type: 'object', required: ['values'] }
  return {
    ...own,
    properties: {
      [tag]: { anyOf: [{ enum: [id], markdownEnumDescriptions: [describeChoice(option)] }, listed] },
      ...own.properties,
    },
    defaultSnippets: [{ label: `{ ${JSON.stringify(tag)}: ${JSON.stringify(id)} }`, body: { [tag]: id } }],
  }
}

function objectSchema(properties: Readonly<Record<string, Setting>>): JSONSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(properties).map(([key, setting]) => [key, schemaOf(setting)])),
  }
}

function numberSchema({ integer, range, only, default: preset, tries }: NumberSetting): JSONSchema {
  const { min, max, open } = range
  const minOpen = open === 'min' || open === 'both'
  const maxOpen = open === 'max' || open === 'both'
  return {
    type: preset === null ? [integer ? 'integer' : 'number', 'null'] : integer ? 'integer' : 'number',
    ...(only === undefined ? {} : { enum: [...only, ...(preset === null ? [null] : [])] }),
    ...(Number.isFinite(min) ? (minOpen ? { exclusiveMinimum: min } : { minimum: min }) : {}),
    ...(Number.isFinite(max) ? (maxOpen ? { exclusiveMaximum: max } : { maximum: max }) : {}),
    ...(preset === undefined ? {} : { default: preset }),
    ...(tries === undefined ? {} : { defaultSnippets: tries.map(value => ({ label: String(value), body: value })) }),
  }
}

/** Searches to start from. */
function sweepSnippets(): NonNullable<JSONSchema['defaultSnippets']> {
  return [
    {
      label: l10n.t('every combination'),
      body: { method: 'grid', metric: { name: 'mapAtR' } },
    },
    {
      label: l10n.t('a search that learns from its runs'),
      body: { method: 'bayes', metric: { name: 'mapAtR' }, runCap: '^${1:20}', earlyTerminate: { type: 'asha' } },
    },
  ]
}

/** Whole files to start from. */
function fileSnippets(): NonNullable<JSONSchema['defaultSnippets']> {
  const rest = {
    model: { architecture: 'conv', embeddingSize: 64 },
    loss: { margin: 0.2, distance: 'squared-euclidean', normalize: true },
    mining: 'semi-hard',
    batch: { classes: '^${2:32}', samplesPerClass: '^${3:4}' },
    optimizer: { name: 'adam', learningRate: 0.001 },
    epochs: '^${4:20}',
    seed: 1,
  }
  return [
    {
      label: l10n.t('Experiment with emoji'),
      description: l10n.t('A whole file with the pictures that come with Triplet Lab.'),
      body: { dataset: { name: 'emoji' }, split: { by: 'class', test: 0.5 }, ...rest },
    },
    {
      label: l10n.t('Experiment with my pictures'),
      description: l10n.t('A whole file for a folder with one folder of pictures per class.'),
      body: { dataset: { folder: '${1:./pictures}' }, split: { by: 'class', test: 0.5 }, ...rest },
    },
    {
      label: l10n.t('Sweep over margins'),
      description: l10n.t('A whole file that compares three margins.'),
      body: {
        dataset: { name: 'emoji' },
        ...rest,
        loss: { margin: { values: [0.1, 0.2, 0.5] } },
        sweep: { method: 'grid', metric: { name: 'mapAtR' } },
      },
    },
  ]
}
