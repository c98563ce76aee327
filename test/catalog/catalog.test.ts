import { describe, expect, test } from 'vitest'
import { metricIds } from '../../protocol/metrics.ts'
import { inRange, type Setting } from '../../server/catalog/entry.ts'
import { experimentFile } from '../../server/catalog/experimentFile.ts'
import { metrics } from '../../server/catalog/metrics.ts'
import {
  AugmentSpec, DatasetSpec, Distance, LayerSpec, LossSpec, MiningSpec, ModelSpec, OptimizerSpec, RunSpec, ScheduleSpec,
} from '../../protocol/runSpec.ts' // prettier-ignore
import { augment } from '../../server/catalog/augmentations.ts'
import { distances, loss } from '../../server/catalog/losses.ts'
import { miners } from '../../server/catalog/miners.ts'
import { architectures, layers } from '../../server/catalog/models.ts'
import { dataset, namedDatasets } from '../../server/catalog/datasets.ts'
import { engineIds } from '../../server/catalog/engines.ts'
import { engineKinds } from '../../server/training/engines/registry.ts'
import { optimizers, schedules } from '../../server/catalog/optimizers.ts'

/** Every setting with its path, the inside of lists, options and objects included. */
function* settings(setting: Setting, path: string): Generator<[string, Setting]> {
  yield [path, setting]
  if (setting.kind === 'list') yield* settings(setting.item, `${path}[]`)
  if (setting.kind === 'object' || setting.kind === 'oneOf')
    for (const [key, one] of Object.entries(setting.properties)) yield* settings(one, `${path}.${key}`)
  if (setting.kind === 'variant')
    for (const [id, option] of Object.entries(setting.options))
      for (const [key, one] of Object.entries(option.properties)) yield* settings(one, `${path}(${id}).${key}`)
}
const all = [...settings(experimentFile, '')]

/** Ids and property names of a valibot variant, by its discriminator. */
function options(variant: { options: readonly { entries: Record<string, unknown> }[] }, tag: string) {
  return Object.fromEntries(
    variant.options.map(({ entries }) => {
      const literal = entries[tag] as { literal: string }
      return [
        literal.literal,
        Object.keys(entries)
          .filter(key => key !== tag)
          .sort(),
      ]
    }),
  )
}
function described(entries: Readonly<Record<string, { properties: object }>>, without: string[] = []) {
  return Object.fromEntries(
    Object.entries(entries).map(([id, { properties }]) => [
      id,
      Object.keys(properties)
        .filter(key => !without.includes(key))
        .sort(),
    ]),
  )
}

describe('catalog and protocol know the same', () => {
  test('miners', () => expect(described(miners)).toEqual(options(MiningSpec, 'strategy')))
  test('architectures', () => expect(described(architectures)).toEqual(options(ModelSpec, 'architecture')))
  test('layers', () => expect(described(layers)).toEqual(options(LayerSpec, 'type')))
  test('schedules', () => expect(described(schedules)).toEqual(options(ScheduleSpec, 'kind')))
  test('optimizers', () => expect(described(optimizers, ['clipNorm'])).toEqual(options(OptimizerSpec, 'name')))
  test('distances', () => expect(Object.keys(distances).sort()).toEqual([...Distance.options].sort()))
  test('loss settings', () => expect(Object.keys(loss.properties).sort()).toEqual(Object.keys(LossSpec.entries).sort()))
  test('augmentations', () => expect(Object.keys(augment.properties)).toEqual(Object.keys(AugmentSpec.entries)))
  test('metrics', () => expect(Object.keys(metrics)).toEqual([...metricIds]))
  test('datasets', () => {
    const ids = [...Object.keys(namedDatasets), ...Object.keys(dataset.properties).filter(key => key !== 'name')]
    expect(ids.sort()).toEqual(Object.keys(options(DatasetSpec, 'kind')).sort())
  })
  test('what stands at the top of a file', () => {
    const ofSpec = Object.keys(RunSpec.entries).filter(key => !['version', 'clipNorm'].includes(key))
    expect(
      Object.keys(experimentFile.properties)
        .filter(key => !['$schema', 'extends', 'name', 'sweep'].includes(key))
        .sort(),
    ).toEqual(ofSpec.sort())
  })
})

describe('each entry', () => {
  test.each(all)('%s says what it is, in whole sentences', (_, setting) => {
    expect(setting.summary).toMatch(/^[A-Z0-9].*\.$/s)
  })

  test.each(all.filter(([, setting]) => setting.kind === 'number'))(
    '%s has a default and tries inside its range',
    (_, setting) => {
      if (setting.kind !== 'number') return
      const given = [...(setting.tries ?? []), ...(typeof setting.default === 'number' ? [setting.default] : [])]
      for (const value of given) {
        expect(inRange(value, setting.range)).toBe(true)
        if (setting.integer) expect(Number.isInteger(value)).toBe(true)
      }
      if (setting.default === null) expect(setting.whenNull).toBeDefined()
    },
  )

  test.each(all)('%s has a default among its choices, and no alias that is also a real name', (_, setting) => {
    const ids = setting.kind === 'choice' ? setting.choices : setting.kind === 'variant' ? setting.options : null
    if (ids !== null) {
      if ((setting.kind === 'choice' || setting.kind === 'variant') && setting.default !== undefined)
        expect(Object.keys(ids)).toContain(setting.default)
      for (const choice of Object.values(ids)) {
        expect(choice.summary).toMatch(/\.$/)
        for (const alias of choice.aliases ?? [])
          for (const [id, other] of Object.entries(ids)) if (other !== choice) expect(id).not.toBe(alias)
      }
    }
    if (setting.kind === 'object' || setting.kind === 'oneOf')
      for (const one of Object.values(setting.properties))
        for (const alias of one.aliases ?? []) expect(Object.keys(setting.properties)).not.toContain(alias)
  })

  test('no setting is called like a part of a sweep', () => {
    for (const [path] of all) expect(path).not.toMatch(/\.(values|distribution|q)$/)
  })
})

test('engines: each that there is can be named', () => {
  for (const { id } of engineKinds) expect(engineIds).toContain(id)
})
