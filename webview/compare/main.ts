/** The comparison's page: takes messages, keeps what it knows, draws at most once a frame. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { CompareState, type FromCompare, ToCompare } from '../../protocol/compare.ts'
import '../panel/panel.css'
import './compare.css'
import { CompareModel } from './model.ts'
import { CompareView } from './view.ts'

interface VsCode {
  postMessage(message: FromCompare): void
  getState(): unknown
  setState(state: CompareState): void
}
declare function acquireVsCodeApi(): VsCode

l10n.config({ contents: document.getElementById('translations')?.textContent ?? '{}' })

const vscode = acquireVsCodeApi()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')

const model = new CompareModel()
const remembered = v.safeParse(CompareState, vscode.getState())
const view = new CompareView(root, model, {
  state: remembered.success ? remembered.output : v.parse(CompareState, { runIds: [] }),
  send: message => vscode.postMessage(message),
  remember: state => vscode.setState(state),
})

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  model.apply(v.parse(ToCompare, event.data))
  view.redraw()
})

vscode.postMessage({ kind: 'ready' })
