/** The page of a sweep: takes messages, keeps what it knows, draws at most once a frame. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { type FromSweep, SweepState, ToSweep } from '../../protocol/sweepPanel.ts'
import '../panel/panel.css'
import '../compare/compare.css'
import './sweep.css'
import { SweepModel } from './model.ts'
import { SweepView } from './view.ts'

interface VsCode {
  postMessage(message: FromSweep): void
  getState(): unknown
  setState(state: SweepState): void
}
declare function acquireVsCodeApi(): VsCode

l10n.config({ contents: document.getElementById('translations')?.textContent ?? '{}' })

const vscode = acquireVsCodeApi()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')

const model = new SweepModel()
const remembered = v.safeParse(SweepState, vscode.getState())
const view = new SweepView(root, model, {
  state: remembered.success ? remembered.output : v.parse(SweepState, { sweepId: 0 }),
  send: message => vscode.postMessage(message),
  remember: state => vscode.setState(state),
})

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  model.apply(v.parse(ToSweep, event.data))
  view.redraw()
})

vscode.postMessage({ kind: 'ready' })
