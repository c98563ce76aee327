/** Removing for good what was deleted: rows and points first, so that a run without its folder is never seen, then the folders. */
import { rm } from 'node:fs/promises'
import { runFolder } from './store/layout.ts'
import type { Store } from './store/store.ts'
import type { TrashReference } from './store/trash.ts'

/**
 * @param before what was deleted before this time, milliseconds since 1970
 * @returns how many runs are gone
 */
export async function emptyTrash(store: Store, before: number): Promise<number> {
  return removeFolders(store, store.emptyTrash(before))
}

/** The same of the runs that are meant alone. */
export async function removeTrashed(store: Store, runs: readonly TrashReference[]): Promise<number> {
  return removeFolders(store, store.removeTrashed(runs))
}

async function removeFolders({ dir }: Store, ids: readonly number[]): Promise<number> {
  for (const id of ids) await rm(runFolder(dir, id), { recursive: true, force: true })
  return ids.length
}
