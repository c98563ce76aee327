/** Where screenshots are taken: the real VS Code on a workspace of its own, in any theme, width and language. */
import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import sharp from 'sharp'
import { EditorWindow } from '../../test/e2e/editorWindow.ts'
import { CHROMIUM_ARGUMENTS, haveChromium } from '../vscode/chromium.ts'
import { serveVsCode } from '../vscode/serve.ts'

export const project = resolve(import.meta.dirname, '../..')
export const images = join(project, 'docs', 'images')

/** `base` is the class that VS Code gives its window. */
export const themes = [
  { name: 'light', label: 'Light Modern', base: 'vs' },
  { name: 'dark', label: 'Dark Modern', base: 'vs-dark' },
  { name: 'contrast', label: 'Default High Contrast', base: 'hc-black' },
] as const
export type Theme = (typeof themes)[number]

/** Pictures in docs/ are for reading on a screen, and every clone has them. */
const mostBytes = 150_000

export interface StudioOptions {
  readonly workspace: string
  readonly width?: number
  readonly height?: number
  readonly language?: string
  /** For Chromium, on top of the quiet ones. */
  readonly arguments?: readonly string[]
}

export class Studio implements AsyncDisposable {
  readonly window: EditorWindow
  readonly #end: () => Promise<void>

  private constructor(window: EditorWindow, end: () => Promise<void>) {
    this.window = window
    this.#end = end
  }

  /** Opens the editor as built last. */
  static async open({ workspace, width = 1280, height = 820, language, ...more }: StudioOptions): Promise<Studio> {
    const found = await haveChromium(console.error)
    if (found.kind === 'missing') throw new Error(found.advice)
    const home = await mkdtemp(join(tmpdir(), 'triplet-lab-studio-'))
    const server = await serveVsCode({
      home,
      extension: project,
      settings: { 'workbench.tips.enabled': false, 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false },
      ...(language === undefined ? {} : { language }),
      say: console.error,
    })
    const browser = await chromium.launch({
      executablePath: found.path,
      args: [...CHROMIUM_ARGUMENTS, ...(more.arguments ?? [])],
    })
    const context = await browser.newContext({ viewport: { width, height } })
    const window = new EditorWindow(await context.newPage(), server, { folder: workspace }, images)
    await window.open()
    return new Studio(window, async () => {
      await browser.close()
      await server.stop()
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    })
  }

  async theme({ label, base }: Theme): Promise<void> {
    await this.window.settings({ 'workbench.colorTheme': label })
    await this.window.page.locator(`.monaco-workbench.${base}`).waitFor({ timeout: 20_000 })
    await this.window.page.waitForTimeout(700) // the page inside the panel follows a little later
  }

  /** Saves `docs/images/NAME.png`, of the whole window or of a part of it. */
  async shot(name: string, part?: { readonly screenshot: () => Promise<Buffer> }): Promise<void> {
    const picture = await (part ?? this.window.page).screenshot()
    const small = await sharp(picture).png({ palette: true, colours: 192, effort: 10 }).toBuffer()
    if (small.byteLength > mostBytes) console.error(`${name}: ${small.byteLength} bytes are more than ${mostBytes}`)
    await mkdir(images, { recursive: true })
    await writeFile(join(images, `${name}.png`), small)
    console.log(`docs/images/${name}.png ${Math.round(small.byteLength / 1000)} kB`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
