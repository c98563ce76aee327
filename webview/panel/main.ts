/** The live panel's page: takes messages, keeps the model, draws at most once a frame. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { PanelState, ToPanel, type FromPanel } from '../../protocol/panel.ts'
import { PanelModel } from './model.ts'
import './panel.css'
import { PanelView } from './view.ts'

/** Live data redraws at most this often; hands on a chart redraw every frame. */
const redrawMilliseconds = 50

interface VsCode {
  postMessage(message: FromPanel): void
  getState(): unknown
  setState(state: PanelState): void
}
declare function acquireVsCodeApi(): VsCode

const translations = document.getElementById('translations')?.textContent ?? '{}'
l10n.config({ contents: translations })

const vscode = acquireVsCodeApi()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')

const model = new PanelModel()
const remembered = v.safeParse(PanelState, vscode.getState() ?? { runId: 0 })
const view = new PanelView(root, model, {
  settings: remembered.success ? remembered.output : v.parse(PanelState, { runId: 0 }),
  send: message => vscode.postMessage(message),
  remember: state => vscode.setState(state),
})

let timer: number | undefined
function scheduleRedraw(): void {
  timer ??= window.setTimeout(() => {
    timer = undefined
    requestAnimationFrame(() => view.draw())
  }, redrawMilliseconds)
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = v.parse(ToPanel, event.data)
  model.apply(message, performance.now())
  if (message.kind === 'deltas') scheduleRedraw()
  else view.draw()
  if (message.kind === 'show') markDrawn()
})

/** For whoever measures how long it takes from the page's being up until the frame with its curves is over. */
function markDrawn(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('tripletlab:drawn')))
}
performance.mark('tripletlab:ready')
vscode.postMessage({ kind: 'ready' })
