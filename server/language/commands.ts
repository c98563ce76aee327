/** Commands that lenses, hints and light bulbs call. */
export const commands = {
  // These the client provides. Arguments: the file's URI, with the path of a single axis or `{ single: true }` where it asks
  // for a single run; a run's id; a sweep's id.
  start: 'tripletLab.startTraining',
  openPanel: 'tripletLab.openPanel',
  openSweep: 'tripletLab.openSweep',
  pauseSweep: 'tripletLab.pauseSweep',
  resumeSweep: 'tripletLab.resumeSweep',
  stopSweep: 'tripletLab.stopSweep',
  /** Arguments: the file's URI, the sweep's id. */
  changeSweep: 'tripletLab.changeSweep',
  // These the server does itself.
  /** Writes values in place of their sweeps. Arguments: the file's URI, the values by axis. */
  useValues: 'tripletLab.useValues',
  /** Brings a file to the settings of a run. Arguments: the file's URI, the run's id. */
  useRun: 'tripletLab.useRun',
  /** Narrows an axis around its best value. Arguments: the file's URI, the axis's path. */
  refine: 'tripletLab.refineAxis',
} as const
