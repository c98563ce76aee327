import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where this user's programs keep what they can find out again. TRIPLET_LAB_CACHE names another folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const own = environment['TRIPLET_LAB_CACHE']
  if (own) return own
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'triplet-lab', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'triplet-lab')
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'triplet-lab')
}
