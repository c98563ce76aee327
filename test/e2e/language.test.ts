/** What the editor does with an experiment file, seen and used as a person does. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { CodeEditor } from './codeEditor.ts'
import { test } from './lab.ts'
import { fillStore } from './results.ts'

const broken = `{
  "dataset": { "name": "emoji" },
  "loss": { "margin": 5 },
  "mining": "semihard",
  "batch": { "classes": 32, "samplesPerClass": 4 },
  "epochs": 20
}
`

test('mistakes are underlined, explained, and repaired by the light bulb', async ({ lab }) => {
  const { window } = lab
  const editor = await CodeEditor.open(window, 'broken.triplet.json', broken)
  await editor.squiggle('error').waitFor({ timeout: 60_000 })

  await editor.cursorIn('"semihard"', 3)
  const hover = await editor.hover()
  await expect.poll(() => hover.innerText(), { timeout: 15_000 }).toMatch(/Did you mean "semi-hard"/)
  await window.screenshot('squiggle')
  await window.page.keyboard.press('Escape')
  await editor.takeAction('Change to "semi-hard"')
  await editor.squiggle('error').waitFor({ state: 'hidden', timeout: 20_000 })

  // α = 5 is no error, but can never be reached on the unit sphere.
  await editor.squiggle('warning').waitFor({ timeout: 30_000 })
  await editor.cursorIn('"margin": 5', 10)
  await editor.takeAction('Set "loss.margin" to 0.2')
  await editor.squiggle('warning').waitFor({ state: 'hidden', timeout: 20_000 })
  const repaired = broken.replace('semihard', 'semi-hard').replace('"margin": 5', '"margin": 0.2')
  await expect.poll(() => editor.saved(), { timeout: 20_000 }).toBe(repaired)
  expect(window.complaints).toEqual([])
})

/** What the extension's own log on the disk says. */
async function ownLog(home: string): Promise<string> {
  const folder = join(home, 'data', 'logs')
  const files = (await readdir(folder, { recursive: true })).filter(file => /triplet-lab.*\.log$/.test(file))
  return (await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))).join('')
}

test('settings are explained, completed and added up; the engine is named, and the log traces it all', async ({
  lab,
}) => {
  const { window } = lab
  await window.settings({ 'tripletLab.trace.server': 'messages' })
  const text = broken.replace('semihard', 'semi-hard').replace('"margin": 5', '"margin": 0.2')
  const editor = await CodeEditor.open(window, 'plain.triplet.json', text)
  await window.codeLens('Start Triplet Training').waitFor({ timeout: 60_000 })
  await expect.poll(() => editor.lines.innerText(), { timeout: 30_000 }).toMatch(/47,616.triplets.a.batch/)
  await expect.poll(() => editor.lines.innerText()).toMatch(/37.steps.each/)

  await window.page.locator('[id="status.languageStatus"]').hover()
  const status = window.page.locator('.hover-language-status').first()
  await expect.poll(() => status.innerText(), { timeout: 15_000 }).toMatch(/onnx-cpu|tfjs-wasm|tfjs-node/)
  await window.screenshot('status')
  await window.page.mouse.move(700, 500)

  await editor.cursorIn('"margin"', 3)
  const hover = await editor.hover()
  await expect.poll(() => hover.innerText()).toMatch(/how much farther a negative[^]*d\(a, p\) \+ α ≤ d\(a, n\)/)
  await window.page.keyboard.press('Escape')

  await editor.cursorIn('"semi-hard"', 1)
  await window.page.keyboard.press('Shift+End')
  await window.page.keyboard.press('Shift+ArrowLeft')
  await window.page.keyboard.press('Shift+ArrowLeft')
  await window.page.keyboard.press('Delete')
  const widget = await editor.suggestions()
  await expect.poll(() => widget.innerText()).toMatch(/batch-all/)
  await widget.locator('.monaco-list-row', { hasText: 'batch-all' }).first().click()
  await expect.poll(() => editor.saved(), { timeout: 20_000 }).toContain('"mining": "batch-all"')
  await expect.poll(() => ownLog(window.server.home), { timeout: 10_000 }).toMatch(/textDocument\/hover/)
  expect(window.complaints).toEqual([])
})

test('swept values have their results beside them, in every window, and the best is written back by a click', async ({
  lab,
}) => {
  const { window } = lab
  const text = await readFile(join(window.workspace, 'margin-sweep.triplet.json'), 'utf8')
  fillStore(window.workspace, 'margin-sweep.triplet.json', text, [0.41, 0.47, 0.38])
  const other = await lab.openWindow()
  const editor = await CodeEditor.open(window, 'margin-sweep.triplet.json', text)
  await expect.poll(() => editor.lines.innerText(), { timeout: 60_000 }).toMatch(/0\.1.?0\.410[^]*0\.470.★.use/)
  await window.codeLens('Start sweep (3 runs)').waitFor({ timeout: 20_000 })
  await window.codeLens('best so far').waitFor({ timeout: 20_000 })
  const there = await CodeEditor.open(other, 'margin-sweep.triplet.json', text)
  await expect.poll(() => there.lines.innerText(), { timeout: 60_000 }).toMatch(/0\.470.★/)

  await window.codeLens('use α 0.2').click()
  await expect.poll(() => editor.saved(), { timeout: 20_000 }).toContain('"margin": 0.2')
  expect([...window.complaints, ...other.complaints]).toEqual([])
})
