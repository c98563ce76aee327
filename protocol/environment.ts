/** What a run ran with and on: stored with it, so that a figure can be traced back and repeated. */
import * as v from 'valibot'

export const RunEnvironment = v.object({
  /** Triplet Lab's own version. */
  version: v.string(),
  node: v.string(),
  /** `linux x64`. */
  platform: v.string(),
  /** Model of the processor. */
  processor: v.string(),
  cores: v.number(),
  memoryBytes: v.number(),
  /** Commit that the workspace stood at; `null` outside of git. */
  gitCommit: v.nullable(v.string()),
  /** Libraries that the engine used. */
  libraries: v.record(v.string(), v.string()),
  dataset: v.object({
    name: v.string(),
    fingerprint: v.string(),
    images: v.number(),
    classes: v.number(),
    train: v.number(),
    test: v.number(),
    skipped: v.number(),
  }),
})
export type RunEnvironment = v.InferOutput<typeof RunEnvironment>
