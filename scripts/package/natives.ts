/** The native packages of one system, without what only their installation or other systems need. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve, sep } from 'node:path'
import { npm } from '../process.ts'

const project = resolve(import.meta.dirname, '../..')
const ROOTS = ['onnxruntime-node', 'sharp']
/** onnxruntime-node needs these to download, once it is installed, what it does without here. */
const INSTALL_ONLY = ['adm-zip', 'global-agent']
const UNUSED = /\.([cm]?ts|map|gyp|cc|h)$|^(script|src|install|esm)$/

interface Manifest {
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

/**
 * Copies them, with all that they need, into the folder `to`. A package that has nothing for this system is left out:
 * what it would make faster runs on WebAssembly.
 *
 * @param target as in `linux-x64`
 * @returns what was copied, as name@version
 */
export async function copyNatives(target: string, to: string): Promise<string[]> {
  const own = target === `${process.platform}-${process.arch}`
  const from = own ? join(project, 'node_modules') : await download(target)
  try {
    const copied: string[] = []
    for (const root of ROOTS) {
      if (!supports(from, root, target)) continue
      for (const name of await closure(from, root)) {
        const { version } = await manifestOf(from, name)
        if (copied.includes(`${name}@${version}`)) continue
        await copyPackage(join(from, name), join(to, name), target)
        copied.push(`${name}@${version}`)
      }
    }
    return copied
  } finally {
    if (!own) await rm(resolve(from, '..'), { recursive: true, force: true })
  }
}

/** node_modules of another system, from the registry, at the versions that this project has pinned. */
async function download(target: string): Promise<string> {
  const [system, cpu] = target.split('-')
  const folder = await mkdtemp(join(tmpdir(), 'triplet-lab-natives-'))
  const { optionalDependencies = {} } = await manifestOf(project, '.')
  const dependencies = Object.fromEntries(ROOTS.map(name => [name, optionalDependencies[name]]))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies }))
  const platform = system === 'alpine' ? ['--os=linux', '--libc=musl'] : [`--os=${system}`, '--libc=glibc']
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', ...platform, `--cpu=${cpu}`], folder)
  return join(folder, 'node_modules')
}

const manifestOf = async (modules: string, name: string) =>
  JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8')) as Manifest

function supports(modules: string, name: string, target: string): boolean {
  if (!existsSync(join(modules, name))) return false
  const [system, cpu] = target.split('-')
  // Its Linux libraries are built against glibc.
  if (name === 'onnxruntime-node') return existsSync(join(modules, name, 'bin', 'napi-v6', system, cpu))
  return true
}

/** A package and everything it needs, as far as it is installed. */
async function closure(modules: string, root: string): Promise<string[]> {
  const names = [root]
  for (const name of names) {
    const { dependencies = {}, optionalDependencies = {} } = await manifestOf(modules, name)
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
      if (!names.includes(needed) && !INSTALL_ONLY.includes(needed) && existsSync(join(modules, needed)))
        names.push(needed)
  }
  return names
}

async function copyPackage(from: string, to: string, target: string): Promise<void> {
  const binaries = join('bin', 'napi-v6')
  const kept = join(binaries, ...target.split('-'))
  await cp(from, to, {
    recursive: true,
    dereference: true,
    filter: source => {
      const path = relative(from, source)
      if (path.startsWith(binaries + sep)) return kept.startsWith(path) || path.startsWith(kept)
      return !UNUSED.test(basename(path))
    },
  })
}
