/** The same in a real VS Code in a real browser: activation, and from the click on the lens to the first point drawn. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { CHROMIUM_ARGUMENTS, findChromium } from '../../scripts/vscode/chromium.ts'
import { serveVsCode, type VsCodeServer } from '../../scripts/vscode/serve.ts'

export interface WindowTimes {
  /** What the editor itself says that activation took, in milliseconds. */
  readonly activation: number
  /** From the click to the first point in the panel's chart, in milliseconds. */
  readonly firstPoint: number
}

const file = 'quick.triplet.json'

/** @returns `null` where there is no Chromium; one measurement for each window opened, the first of them cold */
export async function measureWindows(windows: number): Promise<WindowTimes[] | null> {
  const executablePath = await findChromium()
  if (executablePath === undefined) return null
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  const workspace = join(folder, 'workspace')
  cpSync('examples', workspace, { recursive: true, filter: source => !source.includes('.triplet-lab') })
  // The emoji example, ended after some steps, so that the next window finds the machine idle.
  const example = readFileSync('examples/emoji.triplet.json', 'utf8').replace(/"epochs": \d+/, '"epochs": 1')
  writeFileSync(join(workspace, file), example.replace(/\}\s*$/, ', "stepsPerEpoch": 8 }'))
  let server: VsCodeServer | null = null
  let browser: Browser | null = null
  try {
    server = await serveVsCode({ home: join(folder, 'home'), extension: resolve('.') })
    browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGUMENTS] })
    const times: WindowTimes[] = []
    for (let i = 0; i < windows; i++) {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
      const page = await context.newPage()
      await page.goto(server.address({ folder: workspace, file: join(workspace, file) }))
      times.push(await measure(page))
      // The run ends, and its training server after it.
      await page.waitForTimeout(8_000)
      await context.close()
    }
    return times
  } finally {
    await browser?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
  }
}

async function measure(page: Page): Promise<WindowTimes> {
  const lens = page.locator('.codelens-decoration a', { hasText: 'Start Triplet Training' }).first()
  await lens.waitFor({ timeout: 120_000 })
  // What the window does after it has opened is over.
  await page.waitForTimeout(3_000)
  const start = performance.now()
  await lens.click()
  const panel = page.locator('iframe.webview.ready').first().contentFrame().frameLocator('iframe#active-frame')
  await panel.locator('canvas[data-points]:not([data-points="0"])').first().waitFor({ timeout: 60_000 })
  const firstPoint = performance.now() - start
  await page.keyboard.press('F1')
  await page.locator('.quick-input-widget input').first().fill('>Developer: Show Running Extensions')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show Running Extensions' }).first().click()
  const row = page.locator('.runtime-extensions-editor .extension', { hasText: 'Triplet Lab' }).first()
  const said = await row.innerText({ timeout: 30_000 })
  return { activation: Number(/Activation:\s*(\d+)\s*ms/.exec(said)?.[1] ?? NaN), firstPoint }
}
