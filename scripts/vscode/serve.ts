/** Serves the real VS Code on this machine alone, with settings that keep it quiet. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installVsCode } from './install.ts'
import { mustRun, plainEnvironment } from '../process.ts'

/** No accounts, no network, no first-visit pages: only the editor. */
const QUIET = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.menuBarVisibility': 'compact',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
}

export interface ServeOptions {
  /** Where the user's settings, the installed extensions and the logs live. */
  readonly home: string
  /** On top of the quiet ones. */
  readonly settings?: Record<string, unknown>
  /** The extension to have: a .vsix file, or the folder of its sources, where what was built last is used. */
  readonly extension?: string
  /** Environment of the server, and so of the extension host, on top of this process's own. */
  readonly environment?: Record<string, string>
  /** Language of extensions, as in `zh-cn`. VS Code's own texts stay English: its translations are not at hand. */
  readonly language?: string
  readonly say?: (sentence: string) => void
}

export interface OpenOptions {
  /** The workspace folder. */
  readonly folder: string
  /** A file of it to open. */
  readonly file?: string
}

export interface VsCodeServer {
  /** host:port */
  readonly authority: string
  readonly home: string
  readonly process: ChildProcess
  /** The address that opens a folder; it holds the token without which the server answers nobody. */
  address(options: OpenOptions): string
  stop(): Promise<void>
}

/** Writes the user's settings, which a window reads when it opens. */
async function writeSettings(home: string, settings: Record<string, unknown>): Promise<void> {
  await mkdir(join(home, 'data', 'User'), { recursive: true })
  await writeFile(join(home, 'data', 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2))
}

/** VS Code takes a language for its own only when a pack of translations is there; an empty one will do. */
async function writeLanguagePack(home: string, language: string): Promise<void> {
  const texts = join(home, 'data', `${language}.json`)
  const extensions = [{ extensionIdentifier: { id: `none.${language}` }, version: '1.0.0' }]
  const pack = { hash: language, label: language, extensions, translations: { vscode: texts } }
  await writeFile(texts, JSON.stringify({ contents: {} }))
  await writeFile(join(home, 'data', 'languagepacks.json'), JSON.stringify({ [language]: pack }))
}

/**
 * Makes an extension's folder look installed, through a link, which may be uninstalled without harm to the sources.
 * The server finds it when it starts with no list of extensions.
 *
 * (VS Code's own way, a development path in the address, needs a test mode that shows no notifications.)
 */
async function linkExtension(sources: string, extensions: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(await readFile(join(sources, 'package.json'), 'utf8')) as Manifest
  await rm(extensions, { recursive: true, force: true })
  await mkdir(extensions, { recursive: true })
  await symlink(sources, join(extensions, `${publisher}.${name}-${version}`), 'junction')
}

interface Manifest {
  readonly publisher: string
  readonly name: string
  readonly version: string
}

/**
 * Starts the server on a free port of 127.0.0.1 and resolves once it listens.
 *
 * @throws Error when it ends, or says nothing for a minute, with what it printed
 */
export async function serveVsCode(options: ServeOptions): Promise<VsCodeServer> {
  const { home } = options
  const root = await installVsCode(options.say ?? (() => undefined))
  const main = join(root, 'out', 'server-main.js')
  const folders = ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')]
  const shared = ['--server-data-dir', home, ...folders, '--accept-server-license-terms', '--telemetry-level', 'off']
  const env = plainEnvironment({ VSCODE_PROXY_URI: '', ...options.environment })
  await writeSettings(home, options.settings ?? {})
  if (options.extension?.endsWith('.vsix'))
    await mustRun(process.execPath, [main, ...shared, '--install-extension', options.extension], { env })
  else if (options.extension) await linkExtension(options.extension, join(home, 'extensions'))

  const token = randomBytes(16).toString('hex')
  const locale = options.language === undefined ? [] : ['--locale', options.language]
  if (options.language !== undefined) await writeLanguagePack(home, options.language)
  const listen = ['--host', '127.0.0.1', '--port', '0', '--connection-token', token]
  const server = spawn(process.execPath, [main, ...shared, ...locale, ...listen], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => server.kill()
  process.once('exit', end)
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()))
  const port = await listening(server)
  const authority = `127.0.0.1:${port}`
  const remote = (path: string) => `vscode-remote://${authority}${path}`

  return {
    authority,
    home,
    process: server,
    address({ folder, file }) {
      const payload = [['skipWelcome', 'true']]
      if (file) payload.push(['openFile', remote(file)])
      const query = new URLSearchParams({ tkn: token, folder, payload: JSON.stringify(payload) })
      return `http://${authority}/?${query.toString()}`
    },
    async stop() {
      process.off('exit', end)
      server.kill()
      await ended
    },
  }
}

function listening(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const fail = (why: string) => {
      server.kill()
      reject(new Error(`VS Code's server ${why}:\n${printed.trim()}`))
    }
    const slow = setTimeout(() => fail('did not start within a minute'), 60_000)
    const read = (chunk: Buffer) => {
      printed += chunk.toString()
      const port = /Extension host agent listening on (\d+)/.exec(printed)?.[1]
      if (port === undefined) return
      clearTimeout(slow)
      resolve(Number(port))
    }
    server.stdout?.on('data', read)
    server.stderr?.on('data', read)
    server.once('error', error => fail(`could not be started (${error.message})`))
    server.once('exit', code => fail(`ended with ${code}`))
  })
}
