/** All rules about one run, in the order of docs/diagnostics.md. */
import { augmentRules } from './augmentRules.ts'
import { batchRules } from './batchRules.ts'
import { datasetRules } from './datasetRules.ts'
import { lossRules } from './lossRules.ts'
import { minerRules } from './minerRules.ts'
import { modelRules } from './modelRules.ts'
import type { Rule } from './rule.ts'
import { splitRules } from './splitRules.ts'
import { timeRules } from './timeRules.ts'

export const rules: readonly Rule[] = [
  ...datasetRules,
  ...splitRules,
  ...modelRules,
  ...lossRules,
  ...minerRules,
  ...batchRules,
  ...timeRules,
  ...augmentRules,
]
