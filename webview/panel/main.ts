/** The live panel's page: takes messages, keeps the model, draws. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { PanelState, ToPanel, type FromPanel } from '../../protocol/panel.ts'
import { throttled } from '../../protocol/throttled.ts'
import { PanelModel } from './model.ts'
import './panel.css'
import { PanelView } from './view.ts'

/** What comes redraws at most this often; hands on a chart redraw every frame. */
const redrawMilliseconds = 50
/** When a page asks once more for its run. */
const readyAgain = 3_000

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

const redrawSoon = throttled(redrawMilliseconds, draw)

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  clearTimeout(again)
  const message = v.parse(ToPanel, event.data)
  model.apply(message, performance.now())
  // Not at once: where the first points wait behind the run that they belong to, one drawing has both.
  redrawSoon()
})

let hasRun = false
let hasPoints = false
function draw(): void {
  view.draw()
  if (!hasRun && model.run !== undefined) markDrawn('tripletlab:drawn')
  if (!hasPoints && model.curves.size > 0) markDrawn('tripletlab:points')
  hasRun ||= model.run !== undefined
  hasPoints ||= model.curves.size > 0
}

/** For whoever measures how long it takes until the frame with the run, or with its first point, is over. */
function markDrawn(mark: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(mark)))
}
performance.mark('tripletlab:ready')
const ready = () => vscode.postMessage({ kind: 'ready' })
ready()
/** The run is on its way by then, unless it was lost on it. */
const again = setTimeout(ready, readyAgain)
