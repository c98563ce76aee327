/**
 * A real VS Code, workbench and Node extension host, from the npm registry alone: the package code-server carries a
 * built one in lib/vscode. It is set up once a version in a cache folder that every checkout shares.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { mustRun, npm } from '../process.ts'

const VERSION = '4.139.1'
const INTEGRITY = 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew=='
/** Raise it when the steps below change, so that an older set-up is not taken for this one. */
const RECIPE = 2

/** Needs a compiler, serves another system, or belongs to features that a workspace of experiments has no use for. */
const DROPPED_PACKAGES = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
]
const DROPPED_EXTENSIONS = ['copilot', 'mermaid-markdown-features', 'microsoft-authentication']

/** Where downloads that outlive a checkout are kept. `TRIPLET_LAB_CACHE` overrides it. */
export function cacheFolder(): string {
  const own = process.env['TRIPLET_LAB_CACHE']
  if (own) return own
  const base = process.platform === 'win32' ? process.env['LOCALAPPDATA'] : process.env['XDG_CACHE_HOME']
  return join(base || join(homedir(), '.cache'), 'triplet-lab')
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/**
 * The folder of VS Code's server, set up first if it is not there (about 15 s and 50 MB to download).
 *
 * Several processes may call it at once: each works in a folder of its own, and the first to finish renames it into place.
 *
 * @param say told once, in a sentence, when there is something to wait for
 * @throws Error when the registry cannot be reached or the package is not the one that was pinned
 */
export async function installVsCode(say: (sentence: string) => void): Promise<string> {
  const cache = cacheFolder()
  const folder = join(cache, `vscode-server-${VERSION}-${RECIPE}`)
  if (await exists(folder)) return folder
  say(`Setting up VS Code ${VERSION} in ${folder} (once, about 50 MB).`)
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(`${folder}.`)
  try {
    const root = await unpack(work)
    await installPackages(root)
    await rename(root, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

async function unpack(work: string): Promise<string> {
  await npm(['pack', '--silent', `code-server@${VERSION}`], work)
  const archive = `code-server-${VERSION}.tgz`
  const digest = createHash('sha512')
    .update(await readFile(join(work, archive)))
    .digest('base64')
  if (`sha512-${digest}` !== INTEGRITY)
    throw new Error(`code-server ${VERSION} from the npm registry is not the file that was pinned (sha512-${digest}).`)
  const excluded = DROPPED_EXTENSIONS.map(name => `--exclude=*/extensions/${name}`)
  await mustRun('tar', ['-xzf', archive, ...excluded, 'package/lib/vscode'], { cwd: work })
  return join(work, 'package', 'lib', 'vscode')
}

async function installPackages(root: string): Promise<void> {
  const manifest = join(root, 'package.json')
  const described = JSON.parse(await readFile(manifest, 'utf8')) as { dependencies: Record<string, string> }
  described.dependencies = Object.fromEntries(
    Object.entries(described.dependencies).filter(([name]) => !DROPPED_PACKAGES.includes(name)),
  )
  await writeFile(manifest, JSON.stringify(described, null, 2))
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error']
  await npm(['install', '--omit=dev', '--ignore-scripts', ...quiet], root)

  const modules = join(root, 'node_modules')
  for (const name of ['spdlog', 'native-watchdog']) {
    const target = join(modules, '@vscode', name)
    await copyFile(join(import.meta.dirname, 'standIns', `${name}.mjs`), join(target, 'index.js'))
    await writeFile(join(target, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
  }

  const here = `${process.platform}-${process.arch}`
  for (const perPlatform of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds'])
    for (const name of await readdir(join(modules, perPlatform)))
      if (name !== here) await rm(join(modules, perPlatform, name), { recursive: true })
}
