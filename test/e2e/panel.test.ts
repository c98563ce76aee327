/** The live panel against the store: what is drawn is what is stored, whatever stands in names stays text, keys suffice. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frame } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'
import { type DrawnChart, readChart } from '../../webview/charts/timeChart.ts'
import type { EditorWindow } from './editorWindow.ts'
import { test } from './lab.ts'
import { storeRun } from './storedRun.ts'

/** Falls, is noisy, has rare spikes, and a few zeros that no logarithm has. */
const losses = Array.from({ length: 60_000 }, (_, i) => {
  if (i === 41_234) return 7
  if (i % 9973 === 500) return 0
  const noise = Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1
  return 0.02 + (noise < 0.01 ? 2 : 0.3 * noise) * Math.exp(-i / 20_000)
})

async function openRun(window: EditorWindow, experiment: string): Promise<void> {
  await window.openFile(`${experiment}.triplet.json`)
  await window.command('Triplet Lab: Open Live Panel')
}

/** The page of a panel that has an element, once there is one: each panel is a frame in a frame. */
async function frameWith({ page }: EditorWindow, selector: string): Promise<Frame> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    for (const frame of page.frames()) {
      const found = await frame
        .locator(selector)
        .count()
        .catch(() => 0)
      if (found > 0) return frame
    }
    await page.waitForTimeout(200)
  }
  throw new Error(`No panel has ${selector}.`)
}

/** What the chart of the loss draws, asked of the page. */
function drawn(window: EditorWindow): Promise<DrawnChart> {
  return window.panel
    .locator('canvas[data-chart=loss]')
    .evaluate(
      (canvas, event) =>
        new Promise<DrawnChart>(resolve => canvas.dispatchEvent(new CustomEvent(event, { detail: resolve }))),
      readChart,
    )
}

/** The drawn chart, once it is as wanted: drawing follows a change a frame later. */
async function drawnWhen(window: EditorWindow, isAsWanted: (chart: DrawnChart) => boolean): Promise<DrawnChart> {
  await expect.poll(async () => isAsWanted(await drawn(window)), { timeout: 15_000 }).toBe(true)
  return drawn(window)
}

const lineOf = (chart: DrawnChart, label: string) => chart.lines.find(line => line.label === label)
const pointsOf = (chart: DrawnChart, label: string) => lineOf(chart, label)?.points ?? []

/** Pixels must lie on a straight line over what the axis shows: the values, or their logarithms. */
function expectAffine(pairs: readonly (readonly [number, number])[]): void {
  const finite = pairs.filter(([value, pixel]) => Number.isFinite(value) && Number.isFinite(pixel))
  const [first] = finite
  const last = finite.reduce((far, pair) => (Math.abs(pair[0] - first[0]) > Math.abs(far[0] - first[0]) ? pair : far))
  const slope = (last[1] - first[1]) / (last[0] - first[0])
  expect(finite.length).toBeGreaterThan(100)
  for (const [value, pixel] of finite) expect(Math.abs(first[1] + slope * (value - first[0]) - pixel)).toBeLessThan(1)
}

/** The definition of the smoothed line, over every stored point. */
function smoothedAt(factor: number): Float64Array {
  const fade = Math.exp((Math.log(factor) * 1000) / (losses.length - 1))
  const all = new Float64Array(losses.length)
  let [sum, weights] = [0, 0]
  for (const [i, loss] of losses.entries()) {
    sum = sum * fade + loss
    weights = weights * fade + 1
    all[i] = sum / weights
  }
  return all
}

test('what is drawn is what is stored: thinned, smoothed, on logarithmic axes, and near', async ({ lab }) => {
  const { window } = lab
  const rates = losses.map((_, i) => 1e-3 * 0.5 ** Math.floor(i / 15_000))
  await storeRun(window.workspace, { experiment: 'long', curves: { loss: losses, learningRate: rates } })
  await openRun(window, 'long')
  await window.panel.getByLabel('Smoothing').fill('0')
  const plain = await drawnWhen(window, chart => chart.lines.length === 1)

  // Every drawn point is a stored one, and no stored one lies beyond what is drawn near it.
  const points = pointsOf(plain, 'loss')
  expect(points.length).toBeLessThan(4_000)
  for (const [step, loss] of points) expect(loss).toBe(losses[step - 1])
  const reach = 2 * Math.ceil(losses.length / 300)
  const highest = (from: number, to: number, of: (step: number) => number) => {
    let best = -Infinity
    for (let step = Math.max(1, from); step <= Math.min(losses.length, to); step++) best = Math.max(best, of(step))
    return best
  }
  const byStep = new Map(points.map(([step, loss]) => [step, loss]))
  for (let at = 1; at < losses.length; at += 100) {
    const within = highest(at, at + 99, step => losses[step - 1])
    const below = highest(at, at + 99, step => -losses[step - 1])
    expect(highest(at - reach, at + 99 + reach, step => byStep.get(step) ?? -Infinity)).toBeGreaterThanOrEqual(within)
    expect(highest(at - reach, at + 99 + reach, step => -(byStep.get(step) ?? Infinity))).toBeGreaterThanOrEqual(below)
  }
  expect(byStep.get(41_235)).toBe(7)
  const line = lineOf(plain, 'loss')
  expectAffine((line?.points ?? []).map(([x], i) => [x, line?.pixels[i][0] ?? NaN]))
  expectAffine((line?.points ?? []).map(([, y], i) => [y, line?.pixels[i][1] ?? NaN]))

  // The smoothed line is that of all points, not of those that are drawn.
  await window.panel.getByLabel('Smoothing').fill('4')
  const calm = await drawnWhen(window, chart => chart.lines.length === 2)
  const expected = smoothedAt(0.95)
  const smooth = pointsOf(calm, 'loss smoothed').filter(([step]) => step > 2_000)
  expect(smooth.length).toBeGreaterThan(100)
  // A mean stands in the middle of its stretch of steps, so a spike may set in by half of one sooner or later.
  const stretch = Math.ceil(losses.length / 700)
  for (const [step, value] of smooth) {
    const around = expected.subarray(Math.floor(step) - 1 - stretch, Math.ceil(step) + stretch)
    expect(value).toBeGreaterThan(0.98 * Math.min(...around))
    expect(value).toBeLessThan(1.02 * Math.max(...around))
  }
  expect(pointsOf(calm, 'loss')).toEqual(points)

  // Logarithmic axes: the same points at the places of their logarithms; what has none is a gap.
  await window.panel.getByRole('button', { name: 'log x' }).click()
  await window.panel.getByRole('button', { name: 'log y' }).click()
  const log = await drawnWhen(window, chart => chart.x.type === 'logarithmic' && chart.y.type === 'logarithmic')
  const logLine = lineOf(log, 'loss')
  const logPoints = logLine?.points ?? []
  for (const [step, loss] of logPoints) expect(loss).toBe(losses[step - 1] > 0 ? losses[step - 1] : NaN)
  expect(Math.max(...logPoints.map(([, loss]) => (Number.isNaN(loss) ? 0 : loss)))).toBe(7)
  expectAffine(logPoints.map(([x], i) => [Math.log(x), logLine?.pixels[i][0] ?? NaN]))
  expectAffine(logPoints.map(([, y], i) => [Math.log(y), logLine?.pixels[i][1] ?? NaN]))
  await window.panel.getByRole('button', { name: 'log x' }).click()
  await window.panel.getByRole('button', { name: 'log y' }).click()

  // Near enough, every stored point is there, fetched from the store.
  const canvas = window.panel.locator('canvas[data-chart=loss]')
  await canvas.focus()
  const width = async () => {
    const { x } = await drawn(window)
    return x.max - x.min
  }
  for (let i = 0; i < 80 && (await width()) > 300; i++) await canvas.press('+')
  const near = await drawnWhen(window, ({ x, lines }) => {
    const inView = lines[0].points.filter(([step]) => step >= x.min && step <= x.max)
    return x.max - x.min < 400 && inView.length === Math.floor(x.max) - Math.ceil(x.min) + 1
  })
  for (const [step, loss] of pointsOf(near, 'loss')) expect(loss).toBe(losses[step - 1])

  // The stretch in view, the tab and the smoothing come back after a reload.
  await window.page.waitForTimeout(500)
  await window.reload()
  const again = await drawnWhen(window, chart => chart.lines.length === 2 && chart.x.max - chart.x.min < 400)
  expect(again.x.min).toBeCloseTo(near.x.min, 3)
  expect(window.complaints).toEqual([])
})

const hostile =
  '<img src=x onerror="document.title=1"><script>document.title=1</script>\u0000\u0007\u001b[31m\u202e\u2067"\'&amp;${1}'
const endless = 'x'.repeat(10_000)

test('hostile names and texts are shown as text', async ({ lab }) => {
  const { window } = lab
  await storeRun(window.workspace, {
    experiment: 'hostile',
    name: `${hostile}${endless}`,
    notes: hostile,
    tags: [hostile],
    curves: { loss: [0.3, 0.2, 0.1], [hostile]: [1, 2, 3] },
    events: [hostile, endless],
    classes: [hostile, endless, 'plain'],
  })
  await openRun(window, 'hostile')
  const { panel } = window
  // A null character ends no text in the store; what cannot be shown may be replaced, never executed.
  const shown = (text: string | null) => text?.replaceAll('\u0000', '') ?? ''
  const heading = await panel.locator('h1 bdi').textContent({ timeout: 30_000 })
  expect(shown(heading)).toBe(shown(`${hostile}${endless}`))
  await panel.getByRole('tab', { name: 'Settings and log' }).click()
  expect(shown(await panel.locator('.events bdi').last().textContent())).toBe(shown(hostile))
  expect(shown(await panel.locator('textarea').inputValue())).toBe(shown(hostile))
  await panel.getByRole('tab', { name: 'Embedding' }).click()
  await panel.getByRole('searchbox').fill('onerror')
  expect(shown(await panel.locator('.neighbours strong bdi').textContent())).toBe(shown(hostile))
  await window.screenshot('hostile')
  await panel.getByRole('tab', { name: 'Classes' }).click()
  await expect
    .poll(async () => shown((await panel.locator('.classes tbody th').allTextContents()).join('\n')))
    .toContain(shown(hostile))
  await panel.getByRole('tab', { name: 'Verification' }).click()
  await panel.locator('.pairs li').first().waitFor()
  expect(await panel.locator('#root script, #root img[src=x]').count()).toBe(0)
  expect(await panel.locator('body').evaluate(body => body.ownerDocument.title)).not.toBe('1')
  // Nothing makes the page wider than the panel.
  const overflow = await panel.locator('body').evaluate(body => body.scrollWidth - body.clientWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  expect(window.complaints).toEqual([])
})

test('hard triplets lead to their pictures, at any epoch; those that stay hard are marked', async ({ lab }) => {
  const { window } = lab
  const folder = join(window.workspace, 'pets')
  await mkdir(join(folder, 'cat'), { recursive: true })
  await mkdir(join(folder, 'dog'))
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  for (const name of ['cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/2.png']) await writeFile(join(folder, name), picture)
  await storeRun(window.workspace, {
    experiment: 'pets',
    text: '{ "dataset": { "folder": "./pets" }, "epochs": 4 }',
    curves: { loss: [0.4, 0.3, 0.2, 0.1] },
    hardest: ['cat/1.png', 'cat/2.png', 'dog/1.png'],
  })
  await openRun(window, 'pets')
  const { panel, page } = window
  await panel.getByRole('tab', { name: 'Hardest triplets' }).click()
  const anchor = panel.getByRole('button', { name: /^anchor: cat\/1\.png: hard in 4 epochs/ })
  await anchor.waitFor()
  expect(await panel.locator('.triplet .suspect').allInnerTexts()).toEqual(['⚠ 4', '⚠ 4'])
  await panel.getByLabel('Moment of the run').fill('1')
  await panel.locator('.link.positive', { hasText: '0.6' }).waitFor()
  await panel.locator('.scrubber .at', { hasText: 'epoch 2' }).waitFor()
  await window.screenshot('hardest')
  await anchor.click()
  await page.locator('.tab', { hasText: '1.png' }).waitFor({ timeout: 15_000 })
  expect(window.complaints).toEqual([])
})

test('what is written on a run is kept, its controls ask, and charts leave as files', async ({ lab }) => {
  const { window } = lab
  const { page, panel, workspace } = window
  await storeRun(workspace, { experiment: 'alpha', curves: { loss: [0.3, 0.2, 0.1], 'test/recallAt1': [0.2, 0.4] } })
  await openRun(window, 'alpha')
  await window.chartWith(3)
  await panel.getByRole('button', { name: 'Name, tags and notes' }).click()
  const write = async (label: string, text: string) => {
    await panel.getByLabel(label, { exact: true }).fill(text)
    await page.keyboard.press('Tab')
  }
  await write('Name', 'renamed')
  await write('Tags', 'paper, second')
  await write('Notes', 'Because.')
  await panel.locator('h1', { hasText: 'renamed' }).waitFor()
  await window.treeSays(/renamed[^]*#paper #second/)

  await panel.getByRole('button', { name: 'More epochs' }).click()
  await page.locator('.quick-input-widget', { hasText: 'How many more epochs?' }).waitFor()
  await page.keyboard.press('Escape')
  await panel.getByRole('button', { name: 'Fork from a checkpoint' }).click()
  await page.locator('.notification-toast', { hasText: 'no checkpoint yet' }).waitFor({ timeout: 10_000 })

  await panel.getByRole('tab', { name: 'Curves' }).click()
  const save = async (kind: string) => {
    await panel.locator('#chart-loss .export summary').click()
    await panel.getByRole('menuitem', { name: kind }).click()
    const dialog = page.locator('.quick-input-widget', { has: page.getByRole('button', { name: 'OK' }) })
    await dialog.waitFor({ timeout: 10_000 })
    await page.keyboard.press('Enter')
    const file = join(workspace, `renamed Loss.${kind.toLowerCase()}`)
    const read = () => readFile(file).catch(() => Buffer.alloc(0))
    await expect.poll(async () => (await read()).length, { timeout: 15_000 }).toBeGreaterThan(0)
    await dialog.waitFor({ state: 'hidden' })
    return read()
  }
  expect((await save('CSV')).toString()).toBe('step,loss\n1,0.3\n2,0.2\n3,0.1\n')
  expect((await save('SVG')).toString()).toMatch(/^<svg [^]*Loss[^]*<\/svg>\s*$/)
  const png = await sharp(await save('PNG')).metadata()
  expect(png.format).toBe('png')
  expect(png.width).toBeGreaterThan(100)

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await panel.locator('header').getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect.poll(copied).toMatch(/^\*\*renamed\*\* \(alpha[^]*\| R@1 \| 0\.4/)
  await panel.locator('#chart-loss .export summary').click()
  await panel.getByRole('menuitem', { name: 'Copy as Markdown' }).click()
  await expect.poll(copied).toMatch(/^\*\*Loss\*\* \(renamed\)[^]*step 1\)/)
  expect(window.complaints).toEqual([])
})

test('the page runs no script but its own', async ({ lab }) => {
  const { window } = lab
  await storeRun(window.workspace, { experiment: 'short', curves: { loss: [0.3, 0.2] } })
  await openRun(window, 'short')
  await window.chartWith(2)
  const policy = await window.panel.locator('meta[http-equiv]').getAttribute('content')
  expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[^']+'; /)
  expect(policy).not.toMatch(/unsafe|\*(?!\.)|http:|ws:/)
  const outcome = await window.panel.locator('body').evaluate(async body => {
    const refused: string[] = []
    body.ownerDocument.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective))
    const script = body.ownerDocument.createElement('script')
    script.textContent = 'document.body.dataset.ran = "yes"'
    body.append(script)
    const image = body.ownerDocument.createElement('img')
    image.src = 'http://127.0.0.1:9/x.png'
    body.append(image)
    const button = body.ownerDocument.createElement('button')
    button.setAttribute('onclick', 'document.body.dataset.clicked = "yes"')
    body.append(button)
    button.click()
    await new Promise(next => setTimeout(next, 300))
    return { ran: body.dataset['ran'], clicked: body.dataset['clicked'], refused }
  })
  expect([outcome.ran, outcome.clicked]).toEqual([undefined, undefined])
  expect(outcome.refused).toEqual(expect.arrayContaining(['script-src-elem', 'script-src-attr', 'img-src']))
})

test('keys alone reach every view; maps come from a worker; several runs share a panel', async ({ lab }) => {
  const { window } = lab
  const { page, panel } = window
  const evaluations = { 'test/recallAt1': [0.2, 0.4], loss: [0.3, 0.2] }
  await storeRun(window.workspace, { experiment: 'alpha', curves: evaluations, classes: ['cat', 'dog', 'owl'] })
  await storeRun(window.workspace, { experiment: 'beta', curves: evaluations })
  await openRun(window, 'alpha')
  await window.chartWith(2)
  await panel.getByRole('tab', { name: 'Curves' }).focus()
  const seen: string[] = []
  for (let i = 0; i < 6; i++) {
    seen.push((await panel.locator('[role=tab][aria-selected=true]').textContent())?.trim() ?? '')
    await page.keyboard.press('ArrowRight')
  }
  expect(new Set(seen).size).toBe(6)
  // Every picture and chart has a text; every button has a name.
  for (const name of ['Curves', 'Embedding', 'Verification', 'Classes']) {
    await panel.getByRole('tab', { name }).click()
    const unnamed = await panel
      .locator('canvas, button, input, select, summary')
      .evaluateAll(elements =>
        elements
          .filter(
            element =>
              !(element.getAttribute('aria-label') ?? element.textContent.trim()) &&
              element.closest('label') === null &&
              element.querySelector('img[alt]:not([alt=""])') === null,
          )
          .map(element => element.outerHTML),
      )
    expect(unnamed, name).toEqual([])
  }
  // Classes: the weakest first, until another order is asked for.
  const names = () => panel.locator('.classes tbody th').allInnerTexts()
  await expect.poll(names).toEqual(['cat', 'dog', 'owl'])
  await panel.getByRole('button', { name: 'MAP@R' }).click()
  await expect.poll(names).toEqual(['owl', 'dog', 'cat'])
  await panel.getByRole('searchbox').fill('do')
  await expect.poll(names).toEqual(['dog'])
  await panel.getByRole('tab', { name: 'Embedding' }).click()
  await panel.getByRole('button', { name: 'UMAP' }).click()
  await panel.locator('canvas[data-chart=embedding][data-done="100"]').waitFor({ timeout: 30_000 })
  await panel.locator('canvas[data-chart=embedding]').focus()
  await page.keyboard.press('Enter')
  await panel.locator('.neighbours').waitFor()
  await window.screenshot('embedding')

  await window.tree()
  const runs = page.getByRole('treeitem', { level: 2 })
  await runs.filter({ hasText: 'alpha' }).click()
  await runs.filter({ hasText: 'beta' }).click({ modifiers: ['ControlOrMeta'] })
  await window.command('Triplet Lab: Show Runs Together')
  const group = await frameWith(window, '.members li:nth-child(2)')
  await expect
    .poll(() => group.locator('canvas[data-chart=loss]').getAttribute('data-lines'), { timeout: 15_000 })
    .toBe('2')
  await window.screenshot('together')
  expect(window.complaints).toEqual([])
})
