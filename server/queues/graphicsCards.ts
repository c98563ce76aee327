/** The graphics cards of this machine that TensorFlow can train on. */
import { readdirSync } from 'node:fs'
import { findPackage } from '../training/engines/installedPackage.ts'

/** Where Linux's driver lists its cards, a folder each. */
const driverFolder = '/proc/driver/nvidia/gpus'

/**
 * @returns names for CUDA_VISIBLE_DEVICES, in CUDA's order: those that it already holds, else 0, 1, …; empty where the
 *   package that would use them is not installed
 */
export function graphicsCards(
  visible = process.env['CUDA_VISIBLE_DEVICES'],
  folder = driverFolder,
  isUsable = findPackage('@tensorflow/tfjs-node-gpu') !== null,
): string[] {
  if (!isUsable) return []
  if (visible !== undefined)
    return visible
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '' && name !== '-1')
  try {
    return readdirSync(folder).map((_, i) => String(i))
  } catch {
    return []
  }
}
