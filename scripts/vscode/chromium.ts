/** Finds a Chromium to drive, or installs Debian's. */
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { run } from '../process.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']
const PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  linux: ['/usr/bin/chromium', '/snap/bin/chromium'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/** Quiet, and content with a container: no sandbox of its own, no GPU. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export type Chromium =
  | { readonly kind: 'found'; readonly path: string }
  /** `advice` is a sentence that says what to install. */
  | { readonly kind: 'missing'; readonly advice: string }

/** The first of: `TRIPLET_LAB_CHROMIUM`, a known name on PATH, a standard place. */
export async function findChromium(): Promise<string | undefined> {
  const own = process.env['TRIPLET_LAB_CHROMIUM']
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const onPath = NAMES.flatMap(name => folders.map(folder => join(folder, name + suffix)))
  for (const path of [...(own ? [own] : []), ...onPath, ...(PLACES[process.platform] ?? [])])
    if (await isExecutable(path)) return path
  return undefined
}

/** Like {@link findChromium}; where none is there, installs Debian's package when this user may. */
export async function haveChromium(say: (sentence: string) => void): Promise<Chromium> {
  const advice =
    'Install Chromium (on Debian and Ubuntu: apt-get install chromium), or name it in TRIPLET_LAB_CHROMIUM.'
  const path = await findChromium()
  if (path) return { kind: 'found', path }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { kind: 'missing', advice }
  say('Installing Chromium with apt-get (once).')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3']
  const packages = ['chromium', 'fonts-dejavu-core', 'fonts-wqy-microhei']
  await run('apt-get', [...wait, 'update'], { env })
  const installed = await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env })
  const now = await findChromium()
  if (now) return { kind: 'found', path: now }
  const reason = installed.output.trim().split('\n').slice(-1).join('')
  return { kind: 'missing', advice: `${advice} apt-get could not: ${reason}` }
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
