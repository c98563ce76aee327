/** A window of the real VS Code, driven as a person would: keys, clicks and what is on the screen. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenOptions, VsCodeServer } from '../../scripts/vscode/serve.ts'

/** What the chart of the panel says about itself. */
export interface ChartState {
  readonly points: number
  readonly lastStep: number
}

/** `base` is the class that VS Code gives its window. */
const THEMES = [
  { theme: 'dark', label: 'Dark Modern', base: 'vs-dark' },
  { theme: 'light', label: 'Light Modern', base: 'vs' },
  { theme: 'high-contrast', label: 'Default High Contrast', base: 'hc-black' },
] as const

export class EditorWindow {
  readonly page: Page
  readonly server: VsCodeServer
  readonly workspace: string
  /** Where screenshots go. */
  readonly results: string
  /** What the browser complained of: exceptions of pages, refusals by a content security policy. */
  readonly complaints: string[] = []
  readonly #options: OpenOptions

  constructor(page: Page, server: VsCodeServer, options: OpenOptions, results: string) {
    this.page = page
    this.server = server
    this.workspace = options.folder
    this.results = results
    this.#options = options
  }

  /** Closes the window for good; its browser session forgets it. */
  async close(): Promise<void> {
    await this.page.context().close()
  }

  async open(): Promise<void> {
    this.page.on('pageerror', error => this.complaints.push(error.message))
    this.page.on('console', message => {
      if (message.type() === 'error' && /Content.Security.Policy|webview/i.test(message.text()))
        this.complaints.push(message.text())
    })
    await this.page.goto(this.server.address(this.#options), { timeout: 90_000 })
    await this.#ready()
  }

  /** Reloads with VS Code's own command: the browser's key would cut off what the window saves about its layout. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 })
    await this.command('Developer: Reload Window')
    await loaded
    await this.#ready()
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
    await this.page.locator('.explorer-folders-view, .pane-body').first().waitFor({ timeout: 60_000 })
  }

  /**
   * Runs a command by its full title in the palette. The palette lists what is known when it opens, and an extension's
   * commands are known only once the extension host has said so: until then it is opened again.
   */
  async command(title: string, timeout = 60_000): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first()
    for (const deadline = Date.now() + timeout; ;) {
      await this.page.keyboard.press('F1')
      await this.page.locator('.quick-input-widget input').first().fill(`>${title}`)
      try {
        await row.click({ timeout: 5000 })
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
        await this.page.keyboard.press('Escape')
      }
    }
  }

  /** Opens a file of the workspace through quick open, which on a busy machine may have to be asked again. */
  async openFile(name: string, timeout = 60_000): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first()
    for (const deadline = Date.now() + timeout; ;) {
      await this.page.keyboard.press('ControlOrMeta+P')
      await this.page.locator('.quick-input-widget input').first().fill(name)
      try {
        await row.click({ timeout: 10_000 })
        await this.page.locator('.tab.active', { hasText: name }).first().waitFor({ timeout: 10_000 })
        return
      } catch (error) {
        if (Date.now() > deadline) throw error
        await this.page.keyboard.press('Escape')
      }
    }
  }

  /** The code lens whose text contains `text`. */
  codeLens(text: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text }).first()
  }

  /** Rows of the Triplet Lab view, opened first. */
  async tree(): Promise<Locator> {
    const view = this.page.locator('.pane', { has: this.page.locator('.pane-header[aria-label^="Experiments"]') })
    if (!(await view.isVisible()))
      await this.page
        .locator('.activitybar .action-item', { has: this.page.locator('a[aria-label^="Triplet Lab"]') })
        .click()
    await view.waitFor({ timeout: 30_000 })
    return view.getByRole('treeitem')
  }

  /** The inside of the live panel: VS Code shows a webview in two nested frames. */
  get panel(): FrameLocator {
    return this.page.locator('iframe.webview.ready').first().contentFrame().frameLocator('iframe#active-frame')
  }

  /** Waits until the text of an element of the panel contains `text`. */
  async panelSays(selector: string, text: string, timeout = 30_000): Promise<void> {
    await this.panel.locator(selector, { hasText: text }).first().waitFor({ timeout })
  }

  /** Waits until the log of the run contains `text`. */
  async logSays(text: string): Promise<void> {
    await this.panel.getByRole('tab', { name: 'Settings and log' }).click()
    await this.panelSays('.events', text)
  }

  /** Waits until the rows of the Triplet Lab view, one a line, match. */
  async treeSays(pattern: RegExp, timeout = 15_000): Promise<void> {
    const rows = await this.tree()
    await until(
      () => rows.allInnerTexts().then(texts => texts.join('\n')),
      text => pattern.test(text),
      timeout,
    )
  }

  /** What the first chart of the panel holds. */
  async chart(): Promise<ChartState> {
    // Both numbers in one look: they change together, many times a second.
    const [points, lastStep] = await this.panel
      .locator('canvas[data-points]')
      .first()
      .evaluate(canvas => ['data-points', 'data-last-step'].map(name => Number(canvas.getAttribute(name))), undefined, {
        timeout: 15_000,
      })
    return { points, lastStep }
  }

  /** Waits until the first chart has at least `points` points, and returns what it then holds. */
  async chartWith(points: number, timeout = 60_000): Promise<ChartState> {
    const none = { points: -1, lastStep: -1 }
    return until(
      () => this.chart().catch(() => none),
      chart => chart.points >= points,
      timeout,
    )
  }

  /** Sets the workspace's settings; the window follows within a second. */
  async settings(settings: Record<string, unknown>): Promise<void> {
    await mkdir(join(this.workspace, '.vscode'), { recursive: true })
    await writeFile(join(this.workspace, '.vscode', 'settings.json'), JSON.stringify(settings))
  }

  /** Saves what the window shows as `NAME.png`. */
  async screenshot(name: string): Promise<void> {
    await mkdir(this.results, { recursive: true })
    await this.page.screenshot({ path: join(this.results, `${name}.png`) })
  }

  /** One screenshot in each theme. */
  async screenshots(name: string): Promise<void> {
    for (const { theme, label, base } of THEMES) {
      await this.settings({ 'workbench.colorTheme': label })
      await this.page.locator(`.monaco-workbench.${base}`).waitFor({ timeout: 20_000 })
      await this.page.waitForTimeout(500) // the page inside the panel follows a little later
      await this.screenshot(`${name}-${theme}`)
    }
    await this.settings({})
  }
}

/** Looks until what it sees is as wanted, and returns it. */
async function until<T>(look: () => Promise<T>, isAsWanted: (seen: T) => boolean, timeout: number): Promise<T> {
  for (const deadline = Date.now() + timeout; ;) {
    const seen = await look()
    if (isAsWanted(seen)) return seen
    if (Date.now() > deadline) throw new Error(`Not so within ${timeout} ms: ${JSON.stringify(seen)}`)
    await sleep(100)
  }
}
