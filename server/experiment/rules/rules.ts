/** All rules, in the order of docs/diagnostics.md. */
import { batchRules } from './batchRules.ts'
import { datasetRules } from './datasetRules.ts'
import type { Rule } from './rule.ts'

export const rules: readonly Rule[] = [...datasetRules, ...batchRules]
