/** Removing for good what was deleted: rows and points first, so that a run without its folder is never seen, then the folders. */
import { rm } from 'node:fs/promises'
import { runFolder } from './store/layout.ts'
import type { Store } from './store/store.ts'

/**
 * @param before what was deleted before this time, milliseconds since 1970
 * @returns how many runs are gone
 */
export async function emptyTrash(store: Store, before: number): Promise<number> {
  const ids = store.emptyTrash(before)
  for (const id of ids) await rm(runFolder(store.dir, id), { recursive: true, force: true })
  return ids.length
}
