/** The live panel, part by part, in three themes; narrow, and in Chinese. */
import { Studio, themes } from './studio.ts'

const tabs = ['Curves', 'Hardest triplets', 'Embedding', 'Verification', 'Settings and log']

export async function panelScreenshots(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, width: 1280, height: 900 })
  const { window } = studio
  await window.command('View: Toggle Primary Side Bar Visibility')
  await window.openFile('emoji.triplet.json')
  await window.command('Triplet Lab: Open Live Panel')
  await window.chartWith(3)
  await window.openFile('emoji.triplet.json')
  await window.command('View: Close Editor')
  for (const theme of themes.slice(0, 2)) {
    await studio.theme(theme)
    for (const tab of tabs) {
      await window.panel.getByRole('tab', { name: tab }).click()
      await window.page.waitForTimeout(1500)
      await studio.shot(`panel-${tab}-${theme.name}`)
    }
  }
}
