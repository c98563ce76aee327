/** The live panel, part by part, in three themes; beside the code, narrow, and in Chinese. */
import { Studio, themes } from './studio.ts'
import { trainedWorkspace } from './workspace.ts'

const wide = { width: 1280, height: 900 }
/** With the activity bar beside it the panel is 320 pixels wide. */
const narrow = { width: 370, height: 820 }

export async function panelScreenshots(folder: string, wants: (part: string) => boolean): Promise<void> {
  const workspace = await trainedWorkspace(folder)
  if (wants('parts')) await parts(workspace)
  if (wants('collapse')) await besideTheCode(workspace)
  if (wants('narrow')) await inNarrowColumn(workspace)
  if (wants('chinese')) await inChinese(workspace)
}

/** Each part of the panel of a run that has ended, in three themes. */
async function parts(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, ...wide })
  await openPanel(studio, 'emoji')
  for (const theme of themes) {
    await studio.theme(theme)
    await tab(studio, 'Curves')
    await shot(studio, `curves-${theme.name}`)
    await studio.window.panel.locator('h2', { hasText: 'More curves' }).scrollIntoViewIfNeeded()
    await shot(studio, `more-curves-${theme.name}`)
    await tab(studio, 'Hardest triplets')
    await shot(studio, `hardest-${theme.name}`)
    await tab(studio, 'Verification')
    await shot(studio, `verification-${theme.name}`)
    await tab(studio, 'Classes')
    await shot(studio, `classes-${theme.name}`)
    await tab(studio, 'Embedding')
    await studio.window.panel.getByRole('searchbox').fill('tulip')
    await shot(studio, `embedding-${theme.name}`)
    await studio.window.panel.getByRole('searchbox').fill('')
    await tab(studio, 'Settings and log')
    await shot(studio, `log-${theme.name}`)
  }
  await openPanel(studio, 'digits')
  for (const theme of themes) {
    await studio.theme(theme)
    await tab(studio, 'Embedding')
    await studio.window.panel.getByRole('button', { name: 'UMAP' }).click()
    await studio.window.panel.locator('canvas[data-done="100"]').waitFor({ timeout: 60_000 })
    await shot(studio, `umap-${theme.name}`)
  }
  await together(studio)
}

/** All runs of the workspace in one panel, but those of sweeps, which have a panel of their own. */
async function together(studio: Studio): Promise<void> {
  const { window } = studio
  await window.command('View: Close All Editors')
  await window.command('Triplet Lab: Filter Runs')
  await window.page.locator('.quick-input-widget input').first().fill('-sweep>0')
  await window.page.keyboard.press('Enter')
  const rows = await window.tree()
  const runs = rows.filter({ hasText: 'α' })
  await runs.first().click()
  await runs.last().click({ modifiers: ['Shift'] })
  await window.command('Triplet Lab: Show Runs Together')
  await window.page.locator('.tab.active', { hasText: 'runs' }).waitFor()
  await window.command('View: Toggle Primary Side Bar Visibility')
  for (const theme of themes) {
    await studio.theme(theme)
    await shot(studio, `together-${theme.name}`)
  }
}

/** A run that collapses, as it happens. */
async function besideTheCode(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, width: 1500, height: 900 })
  const { window } = studio
  await studio.theme(themes[1])
  await window.command('View: Toggle Primary Side Bar Visibility')
  await window.openFile('batch-hard-collapses.triplet.json')
  await window.command('Triplet Lab: Start Triplet Training')
  await window.panelSays('.status', 'Collapsed', 120_000)
  await window.panel.getByRole('button', { name: 'Why?' }).click()
  await window.page.waitForTimeout(1500)
  await studio.shot('panel-collapse')
  await window.panel.getByRole('button', { name: 'Stop' }).click()
  await window.panelSays('.state', 'stopped')
}

async function inNarrowColumn(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, ...narrow })
  await openPanel(studio, 'emoji')
  await studio.theme(themes[0])
  await shot(studio, 'narrow')
  await tab(studio, 'Hardest triplets')
  await shot(studio, 'narrow-hardest')
}

async function inChinese(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, ...wide, language: 'zh-cn' })
  await openPanel(studio, 'emoji', '打开实时面板')
  await shot(studio, 'chinese')
}

async function openPanel(studio: Studio, experiment: string, command = 'Open Live Panel'): Promise<void> {
  const { window } = studio
  if (await window.page.locator('.part.sidebar').isVisible())
    await window.command('View: Toggle Primary Side Bar Visibility')
  await window.openFile(`${experiment}.triplet.json`)
  await window.command(`Triplet Lab: ${command}`)
  await window.chartWith(3)
  // The panel alone, in the whole width.
  await window.openFile(`${experiment}.triplet.json`)
  await window.command('View: Close Editor')
}

async function tab({ window }: Studio, name: string): Promise<void> {
  await window.panel.getByRole('tab', { name }).click()
}

async function shot(studio: Studio, name: string): Promise<void> {
  const { page } = studio.window
  // The pointer would leave a crosshair, or a tooltip.
  await page.mouse.move(2, 2)
  await page.waitForTimeout(900)
  await studio.shot(`panel-${name}`, page.locator('.editor-group-container').last())
}
