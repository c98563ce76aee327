/** The same in Simplified Chinese: menus, panel and what the servers say. */
import { expect } from 'vitest'
import { writeExperiment } from './experiments.ts'
import { test as plain } from './lab.ts'

const test = plain.override('options', { language: 'zh-cn' })

test('commands, panel and sidebar speak Chinese', async ({ lab }) => {
  const { window } = lab
  await writeExperiment(window, 'digits')
  await window.openFile('digits.triplet.json')
  await window.command('Triplet Lab: 开始三元组训练')
  await window.chartWith(3)
  await window.panelSays('.status', '正在学习')
  await expect.poll(() => window.panel.getByRole('tab').allInnerTexts()).toContain('曲线')
  await window.page.locator('.activitybar .action-item:has(a[aria-label^="Triplet Lab"])').click()
  await window.page.locator('.part.sidebar .title', { hasText: '实验' }).first().waitFor({ timeout: 15_000 })
  await window.screenshot('chinese')
  await window.panel.getByRole('button', { name: '停止' }).click()
  await window.panelSays('.state', '已停止')
})
