/** Names that VS Code and the manifest know the parts of the extension by. */

/** View types of the webview panels. */
export const panelTypes = {
  run: 'tripletLab.panel',
  group: 'tripletLab.group',
  compare: 'tripletLab.compare',
  sweep: 'tripletLab.sweep',
} as const
export type PanelType = (typeof panelTypes)[keyof typeof panelTypes]

export const taskType = 'triplet-lab'

/** Scheme of the read-only documents that show a run's settings. */
export const specScheme = 'triplet-run'

/** What the id of each command begins with. */
export const commandPrefix = 'tripletLab.'
