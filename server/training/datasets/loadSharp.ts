import * as l10n from '@vscode/l10n'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { SharpConstructor } from 'sharp'
import { DatasetError } from './datasetError.ts'

let loaded: SharpConstructor | undefined

/**
 * The optional native package that decodes JPEG, PNG, WebP and the like: as installed with this program, or in the
 * workspace.
 *
 * @param path the picture that needs it, for the message
 * @param workspace `null`: one that nobody has trusted, whose packages are not run
 * @throws DatasetError saying what to install
 */
export function loadSharp(path: string, workspace: string | null): SharpConstructor {
  if (loaded) return loaded
  let reason = ''
  const places = [import.meta.url, ...(workspace === null ? [] : [join(workspace, 'package.json')])]
  for (const require of places.map(place => createRequire(place)))
    try {
      // A native package has no types at run time: what it exports is what its own declarations say.
      loaded = require('sharp') as SharpConstructor
      return loaded
    } catch (error) {
      reason ||= error instanceof Error ? error.message.split('\n')[0] : String(error)
    }
  if (workspace === null)
    throw new DatasetError(
      'needs-package',
      path,
      l10n.t('Reading {0} needs the package sharp, which is taken from trusted workspaces only. Trust this one.', path),
    )
  throw new DatasetError(
    'needs-package',
    path,
    l10n.t(
      'Reading {0} needs the package sharp, which does not load here ({1}). Run "npm install sharp" in {2}, or convert the pictures to PGM or PPM.',
      path,
      reason,
      workspace,
    ),
  )
}
