/** The fixture of the end-to-end tests: a copy of examples/ open in a real VS Code, with the extension as built. */
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { inject, test as plain } from 'vitest'
import { CHROMIUM_ARGUMENTS } from '../../scripts/vscode/chromium.ts'
import { serveVsCode, type ServeOptions } from '../../scripts/vscode/serve.ts'
import { EditorWindow } from './editorWindow.ts'
import { MARK, killProcesses } from './processes.ts'

export const project = resolve(import.meta.dirname, '../..')

export interface Lab extends AsyncDisposable {
  readonly window: EditorWindow
  /** All that were opened, also those that are closed again. */
  readonly windows: readonly EditorWindow[]
  /** The mark of every process that this test starts. */
  readonly mark: string
  /** Another window on the same server, in a browser session of its own. */
  openWindow(): Promise<EditorWindow>
}

export interface LabOptions extends Pick<ServeOptions, 'extension' | 'settings' | 'language'> {
  /** Name of the folder under test-results/. */
  readonly name: string
}

/** Sets everything up in a temporary folder, opens the window, and takes all of it down again when disposed of. */
export async function openLab(options: LabOptions): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'triplet-lab-'))
  const mark = basename(folder)
  const workspace = join(folder, 'workspace')
  await cp(join(project, 'examples'), workspace, {
    recursive: true,
    filter: source => basename(source) !== '.triplet-lab',
  })
  const results = join(project, 'test-results', options.name.replaceAll(/[^\w-]+/g, '-'))
  await rm(results, { recursive: true, force: true })
  const { extension = project, settings = {}, language } = options
  const environment = { [MARK]: mark }
  const server = await serveVsCode({
    home: join(folder, 'home'),
    extension,
    settings,
    environment,
    ...(language === undefined ? {} : { language }),
  })
  const browser = await chromium.launch({ executablePath: inject('chromium'), args: [...CHROMIUM_ARGUMENTS] })
  const windows: EditorWindow[] = []
  const openWindow = async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
    const window = new EditorWindow(await context.newPage(), server, { folder: workspace }, results)
    windows.push(window)
    await window.open()
    return window
  }

  return {
    window: await openWindow(),
    windows,
    mark,
    openWindow,
    async [Symbol.asyncDispose]() {
      await browser.close()
      await server.stop()
      await killProcesses(mark)
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

/** What the logs say when a test has failed: the extension's own lines, and the errors of all others. */
async function logs(home: string): Promise<string> {
  const folder = join(home, 'data', 'logs')
  const files = (await readdir(folder, { recursive: true }).catch(() => []))
    .filter(file => file.endsWith('.log'))
    .sort()
  const parts = await Promise.all(
    files.map(async file => {
      const lines = (await readFile(join(folder, file), 'utf8')).trim().split('\n')
      const own = file.includes('triplet-lab')
      const kept = lines.filter(line => line !== '' && (own || /\[(error|critical)\]/.test(line)))
      return kept.length === 0 ? '' : `── ${file}\n${kept.slice(-40).join('\n')}\n`
    }),
  )
  return parts.join('')
}

/**
 * A test with a `lab`. Where Chromium or VS Code is missing it is skipped, and says what to install.
 * When it fails, a screenshot and the logs are left in test-results/, and the logs' ends are printed.
 */
export const test = plain.extend<{ options: Omit<LabOptions, 'name'>; lab: Lab }>({
  options: {},
  lab: async ({ options, task, skip }, use) => {
    const missing = inject('missing')
    if (missing) skip(missing)
    await using lab = await openLab({ ...options, name: task.name })
    await use(lab)
    if (task.result?.state !== 'fail') return
    for (const [i, window] of lab.windows.entries()) await window.screenshot(`failed-${i + 1}`).catch(() => undefined)
    console.error(await logs(lab.window.server.home))
  },
})
