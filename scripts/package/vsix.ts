/** Puts together what ships and packs it. */
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce'
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { mustRun } from '../process.ts'
import { copyNatives } from './natives.ts'

export const targets = [
  'universal',
  'linux-x64',
  'linux-arm64',
  'alpine-x64',
  'alpine-arm64',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64',
  'win32-arm64',
] as const
export type Target = (typeof targets)[number]
export const isTarget = (name: string): name is Target => targets.some(target => target === name)

const project = resolve(import.meta.dirname, '../..')

/** What this machine is. */
export const host = `${process.platform}-${process.arch}`

export interface Packed {
  readonly path: string
  readonly megabytes: number
  /** The native packages in it, as name@version. */
  readonly natives: readonly string[]
}

/**
 * Builds for production into a folder of its own, so that dist/ stays what it was, and packs.
 *
 * @param out path of the .vsix; by default triplet-lab-TARGET-VERSION.vsix in the project
 */
export async function packageExtension(target: Target, out?: string): Promise<Packed> {
  const stage = await mkdtemp(join(tmpdir(), 'triplet-lab-vsix-'))
  try {
    for (const file of await listFiles({ cwd: project, packageManager: PackageManager.None })) {
      await mkdir(dirname(join(stage, file)), { recursive: true })
      await cp(join(project, file), join(stage, file))
    }
    const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as Record<string, unknown>
    for (const key of ['private', 'scripts', 'devDependencies', 'allowScripts', 'optionalDependencies'])
      Reflect.deleteProperty(manifest, key)
    await writeFile(join(stage, 'package.json'), JSON.stringify(manifest, null, 2))
    await writeFile(join(stage, '.vscodeignore'), '') // what is here ships: the project's own list has been applied

    await mustRun(process.execPath, ['esbuild.mjs', '--production', `--out=${join(stage, 'dist')}`], { cwd: project })
    // Beside the bundles, where `require` looks first, and where vsce does not take them for dependencies to prune.
    const natives = target === 'universal' ? [] : await copyNatives(target, join(stage, 'dist', 'node_modules'))

    const path = resolve(out ?? join(project, `triplet-lab-${target}-${String(manifest['version'])}.vsix`))
    await createVSIX({
      cwd: stage,
      // The pages that the README links to are not in the package, and there is no address to send readers to.
      rewriteRelativeLinks: false,
      packagePath: path,
      dependencies: false,
      allowMissingRepository: true,
      ...(target === 'universal' ? {} : { target }),
    })
    return { path, megabytes: (await stat(path)).size / 1e6, natives }
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
