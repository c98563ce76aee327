/** What a sweep does, as it is stored: the file as it was when the sweep was started, and how it is searched. */
import * as v from 'valibot'
import { isMetricId, metricGoal, metricIds } from '../../protocol/metrics.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Json, ObjectSetting } from '../catalog/entry.ts'
import { sweep as sweepSetting } from '../catalog/sweeps.ts'
import { fill } from '../experiment/fill.ts'
import { member, toJson, type ExperimentTree } from '../experiment/tree.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))

export const SweepPlan = v.object({
  version: v.literal(1),
  /**
   * The settings as they were when the sweep was started, those of a file that it extends among them, and the absolute
   * path of the folder: what a run is resolved from.
   */
  text: v.string(),
  folder: v.string(),
  method: v.picklist(['grid', 'random', 'bayes']),
  seed: v.pipe(v.number(), v.integer()),
  metric: v.picklist(metricIds),
  goal: v.picklist(['minimize', 'maximize']),
  /** Most runs, repeats included; `null`: all combinations. */
  runCap: v.nullable(count),
  repeats: count,
  /** What the command line gave in place of the file's; `seed` is that of the first repeat. */
  overrides: v.object({
    epochs: v.optional(count),
    seed: v.optional(v.pipe(v.number(), v.integer())),
    engine: v.optional(v.string()),
  }),
  earlyTerminate: v.nullable(
    v.object({
      type: v.picklist(['asha', 'hyperband', 'median']),
      minEpochs: count,
      eta: v.pipe(v.number(), v.integer(), v.minValue(2)),
      /** Sweeps of before there was a choice were ranked by their best values. */
      rank: v.optional(v.picklist(['forecast', 'best']), 'best'),
    }),
  ),
})
export type SweepPlan = v.InferOutput<typeof SweepPlan>

/** The settings of a file as one text: equal for files that ask for the same. */
export function settingsOf({ root }: ExperimentTree): string {
  if (root?.kind !== 'object') return '{}'
  return JSON.stringify(toJson({ ...root, members: root.members.filter(one => one.key !== 'extends') }))
}

/** The plan of a file in which nothing is wrong. */
export function planOf(tree: ExperimentTree, folder: string): SweepPlan {
  const written = member(tree.root, 'sweep')?.value ?? undefined
  // Left out, it has its defaults all the same.
  const setting: ObjectSetting = { ...sweepSetting, optional: false }
  const values = record(fill(setting, written, 'sweep', { choose: (_path, axis) => axis }))
  const wanted = record(values['metric'])
  const name = typeof wanted['name'] === 'string' ? wanted['name'] : ''
  const metric = [name, `test/${name}`].find(isMetricId)
  return v.parse(SweepPlan, {
    version: 1,
    text: settingsOf(tree),
    folder,
    method: values['method'],
    seed: values['seed'],
    metric,
    goal: wanted['goal'] ?? (metric && metricGoal[metric]),
    runCap: values['runCap'],
    repeats: values['repeats'],
    overrides: {},
    earlyTerminate: values['earlyTerminate'] ?? null,
  })
}

function record(json: Json | undefined): Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Readonly<Record<string, Json>>)
    : {}
}

/** A run as the command line wants it. */
export function overridden(spec: RunSpec, { epochs, seed, engine }: SweepPlan['overrides']): RunSpec {
  return { ...spec, epochs: epochs ?? spec.epochs, seed: seed ?? spec.seed, engine: engine ?? spec.engine }
}

/** The plan of a sweep of the store. */
export function planIn(sweep: { readonly plan: unknown }): SweepPlan {
  return v.parse(SweepPlan, sweep.plan)
}
