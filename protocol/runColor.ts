/** Each run has one of eight colours, the same in sidebar, legends and comparisons; package.json contributes them. */
export const runColors = ['run1', 'run2', 'run3', 'run4', 'run5', 'run6', 'run7', 'run8'] as const
export type RunColor = (typeof runColors)[number]

export function runColor(runId: number): RunColor {
  return runColors[(runId - 1) % runColors.length]
}
