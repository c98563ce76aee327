/** Which panel a run gets, and what becomes of one that came up before its run. */
import { beforeEach, expect, test, vi } from 'vitest'
import { LivePanels } from '../../extension/panels/livePanels.ts'
import { Watches } from '../../extension/watches.ts'
import { readRun } from '../../protocol/requests.ts'
import { runRow } from '../webview/fixtures.ts'

interface FakePanel {
  title: string
  active: boolean
  readonly revealed: number
  readonly closed: boolean
  readonly shown: number[]
  dispose(): void
}

const { made, createWebviewPanel } = vi.hoisted(() => {
  const made: FakePanel[] = []
  const createWebviewPanel = (_: string, title: string): FakePanel => {
    const onClose: (() => void)[] = []
    const nothing = () => ({ dispose: () => undefined })
    const panel = {
      title,
      active: false,
      visible: true,
      revealed: 0,
      closed: false,
      shown: [] as number[],
      reveal: () => panel.revealed++,
      dispose: () => {
        panel.closed = true
        for (const one of onClose) one()
      },
      onDidDispose: (listener: () => void) => onClose.push(listener),
      onDidChangeViewState: nothing,
      webview: {
        onDidReceiveMessage: nothing,
        postMessage: ({ run }: { run: { id: number } }) => Promise.resolve(panel.shown.push(run.id) > 0),
      },
    }
    made.push(panel)
    return panel
  }
  return { made, createWebviewPanel }
})

vi.mock('vscode', () => ({
  l10n: {},
  ViewColumn: { Beside: -2 },
  window: { createWebviewPanel },
}))
vi.mock(import('../../extension/panels/html.ts'), () => ({ fillPanel: () => undefined, panelRoots: () => [] }))

const settled = () => new Promise(done => setTimeout(done, 5))

function livePanels(ended: number | null = null): LivePanels {
  const nothing = () => ({ dispose: () => undefined })
  const client = {
    onReady: nothing,
    onDeltas: nothing,
    logError: () => undefined,
    request: ({ method }: { method: string }, { runId }: { runId: number }) =>
      Promise.resolve(
        method === readRun.method
          ? {
              run: runRow({ id: runId, experiment: 'a', ended }),
              series: [],
              events: [],
              clock: { steps: [], times: [] },
            }
          : {},
      ),
  } as never
  return new LivePanels(client, new Watches(client), {} as never)
}

beforeEach(() => {
  made.length = 0
})

test('a panel that came up before its run shows it', async () => {
  const panels = livePanels()
  const show = panels.prepare('a')
  expect(made.map(({ title }) => title)).toEqual(['a'])
  made[0].active = true
  expect(panels.activeRun()).toBeUndefined()
  await show(7)
  expect(made.map(({ shown }) => shown)).toEqual([[7]])
  expect(panels.activeRun()).toBe(7)
})

test('it is closed again when there is no run', async () => {
  await livePanels().prepare('a')(null)
  expect(made.map(({ closed }) => closed)).toEqual([true])
})

test('one that its reader has closed stays closed', async () => {
  const show = livePanels().prepare('a')
  made[0].dispose()
  await show(7)
  expect(made).toHaveLength(1)
})

test('one whose run was opened from somewhere else gives way', async () => {
  const panels = livePanels()
  const show = panels.prepare('a')
  await panels.open(7, undefined)
  await show(7)
  expect(made.map(({ closed, revealed }) => [closed, revealed])).toEqual([
    [true, 0],
    [false, 1],
  ])
})

test('none is made where one of the same experiment is free: its run has ended', async () => {
  const panels = livePanels(1)
  await panels.open(6, 'a')
  await settled()
  const show = panels.prepare('a')
  await show(null)
  await panels.prepare('a')(7)
  expect(made.map(({ shown, closed }) => [shown, closed])).toEqual([[[6, 7], false]])
})
