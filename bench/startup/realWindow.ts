/** The same in a real VS Code in a real browser: activation, and from the click on the lens to the first point drawn. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type BrowserContext, type FrameLocator, type Locator, type Page } from 'playwright-core'
import { CHROMIUM_ARGUMENTS, findChromium } from '../../scripts/vscode/chromium.ts'
import { mustRun } from '../../scripts/process.ts'
import { serveVsCode, type VsCodeServer } from '../../scripts/vscode/serve.ts'

export interface WindowTimes {
  /** What it took to load and to activate the extension, in milliseconds. */
  readonly activation: number
  /** From the button of the mouse going down to the first point in the panel's chart, in milliseconds. */
  readonly firstPoint: number
  /** The same when the file is started again, with its panel beside it. */
  readonly again: number
  /** The same with its panel closed again, and the experiment changed just before: nobody could foresee it. */
  readonly changed: number
}

const file = 'quick.triplet.json'
/** How the file begins. */
const seed = '{ "seed": 1,'
/** Milliseconds until a window that has opened, and a run with its training server, are at rest. */
const quiet = 3_000
const runEnds = 8_000

/** @returns `null` where there is no Chromium; one measurement for each window opened, the first of them cold */
export async function measureWindows(windows: number): Promise<WindowTimes[] | null> {
  const executablePath = await findChromium()
  if (executablePath === undefined) return null
  // As it ships.
  await mustRun(process.execPath, ['esbuild.mjs', '--production'])
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  const workspace = join(folder, 'workspace')
  cpSync('examples', workspace, { recursive: true, filter: source => !source.includes('.triplet-lab') })
  // The emoji example, ended after some steps, so that the next window finds the machine idle.
  const example = readFileSync('examples/emoji.triplet.json', 'utf8')
  const short = example.replace(/"epochs": \d+/, '"epochs": 1, "stepsPerEpoch": 8').replace(/,\s*"seed": 1/, '')
  writeFileSync(join(workspace, file), short.replace(/^.*\n\{/, seed))
  let server: VsCodeServer | null = null
  let browser: BrowserContext | null = null
  try {
    server = await serveVsCode({ home: join(folder, 'home'), extension: resolve('.') })
    // One profile for all, as people have: what the browser keeps of VS Code is there from the second window on.
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath,
      args: [...CHROMIUM_ARGUMENTS],
      viewport: { width: 1400, height: 900 },
    })
    const times: WindowTimes[] = []
    for (let i = 0; i < windows; i++) {
      const page = await browser.newPage()
      await page.goto(server.address({ folder: workspace, file: join(workspace, file) }))
      times.push(await measure(page))
      await page.waitForTimeout(runEnds)
      await closeEditors(page)
      await page.close()
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
  await page.waitForTimeout(quiet)
  const firstPoint = await openedBy(page, lens)
  await runEnded(page)
  const drawn = panelOf(page).locator('canvas[data-chart=loss]').evaluate(firstPointOfNext)
  const pressed = await press(page, lens)
  const again = (await drawn) - pressed
  await runEnded(page)
  await page.locator('.tab', { hasNotText: 'quick' }).locator('.tab-actions .action-label').click()
  await page.locator('.tab', { hasText: 'quick' }).click()
  await page.keyboard.press('ControlOrMeta+Home')
  for (let i = seed.indexOf('1'); i > 0; i--) await page.keyboard.press('ArrowRight')
  await page.keyboard.type('2')
  const changed = await openedBy(page, lens)
  await runEnded(page)
  await page.locator('.tab', { hasText: 'quick' }).click()
  await page.keyboard.press('ControlOrMeta+S')
  return { activation: await activation(page), firstPoint, again, changed }
}

/** Presses start where no panel is open. @returns milliseconds to the first point drawn in the one that opens */
async function openedBy(page: Page, lens: Locator): Promise<number> {
  const start = await press(page, lens)
  // Nobody looks before it is over: Playwright's looking would take part of the processors.
  await page.waitForTimeout(quiet)
  const panel = panelOf(page)
  await panel.locator('canvas[data-points]:not([data-points="0"])').first().waitFor({ timeout: 60_000 })
  return (await panel.locator('body').evaluate(whenPointsWereDrawn)) - start
}

const panelOf = (page: Page): FrameLocator =>
  page.locator('iframe.webview.ready').first().contentFrame().frameLocator('iframe#active-frame')

async function runEnded(page: Page): Promise<void> {
  await panelOf(page).locator('.state', { hasText: 'done' }).waitFor({ timeout: 60_000 })
  await page.waitForTimeout(runEnds)
}

/** So that the next window does not bring them back. */
async function closeEditors(page: Page): Promise<void> {
  await page.keyboard.press('F1')
  await page.locator('.quick-input-widget input').first().fill('>View: Close All Editors')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Close All Editors' }).first().click()
  await page.locator('.tab').first().waitFor({ state: 'detached', timeout: 30_000 })
  await page.waitForTimeout(quiet)
}

/** Clicks. @returns when the button of the mouse went down, since 1970: Playwright takes its time to get there */
async function press(page: Page, target: Locator): Promise<number> {
  const pressing = page.evaluate(
    () =>
      new Promise<number>(done => {
        addEventListener('mousedown', event => done(performance.timeOrigin + event.timeStamp), {
          capture: true,
          once: true,
        })
      }),
  )
  const [pressed] = await Promise.all([pressing, target.click()])
  return pressed
}

/** Runs in the page. @returns milliseconds since 1970 */
function whenPointsWereDrawn(): Promise<number> {
  return new Promise(done => {
    const look = () => {
      const mark = performance.getEntriesByName('tripletlab:points').at(0)
      if (mark === undefined) requestAnimationFrame(look)
      else done(performance.timeOrigin + mark.startTime)
    }
    look()
  })
}

/** Runs in the page. @returns when the chart has a point of a run that comes after the one that it shows, since 1970 */
function firstPointOfNext(chart: Element): Promise<number> {
  return new Promise(done => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('.state.done') !== null || chart.getAttribute('data-points') === '0') return
      observer.disconnect()
      requestAnimationFrame(() => done(Date.now()))
    })
    observer.observe(document, { subtree: true, childList: true, attributes: true })
  })
}

/**
 * What the extension's own code took to load and to activate, by the marks that VS Code itself sets around both. What its
 * list of running extensions says is more: it counts the other extensions that are activated by the same event.
 */
async function activation(page: Page): Promise<number> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.keyboard.press('F1')
  await page.locator('.quick-input-widget input').first().fill('>Developer: Startup Performance')
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Startup Performance' }).first().click()
  await page.locator('.tab.active', { hasText: 'Startup Performance' }).waitFor({ timeout: 30_000 })
  const text = page.locator('.editor-group-container.active .view-line', { hasText: 'System Info' }).first()
  // The report is written piece by piece.
  for (let tries = 0; tries < 10; tries++) {
    await text.click({ timeout: 30_000 })
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('ControlOrMeta+C')
    const report = await page.evaluate(() => navigator.clipboard.readText())
    const at = (mark: string) =>
      Number(new RegExp(`^code/extHost/${mark}/triplet-lab\\.triplet-lab\\t(\\d+)`, 'm').exec(report)?.[1] ?? NaN)
    const loading = at('didLoadExtensionCode') - at('willLoadExtensionCode')
    const activating = at('didActivateExtension') - at('willActivateExtension')
    if (!Number.isNaN(loading + activating)) return loading + activating
    await page.waitForTimeout(500)
  }
  throw new Error('VS Code does not say how long the activation took.')
}
