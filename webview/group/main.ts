/** The page of several runs: takes messages, keeps the model, draws at most once a frame. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { type FromGroup, GroupState, ToGroup } from '../../protocol/group.ts'
import { throttled } from '../../protocol/throttled.ts'
import '../panel/panel.css'
import './group.css'
import { GroupModel } from './model.ts'
import { GroupView } from './view.ts'

/** Live data redraws at most this often; hands on a chart redraw every frame. */
const redrawMilliseconds = 100

interface VsCode {
  postMessage(message: FromGroup): void
  getState(): unknown
  setState(state: GroupState): void
}
declare function acquireVsCodeApi(): VsCode

l10n.config({ contents: document.getElementById('translations')?.textContent ?? '{}' })

const vscode = acquireVsCodeApi()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')

const model = new GroupModel()
const remembered = v.safeParse(GroupState, vscode.getState())
const view = new GroupView(root, model, {
  state: remembered.success ? remembered.output : v.parse(GroupState, { runIds: [0] }),
  send: message => vscode.postMessage(message),
  remember: state => vscode.setState(state),
})

const redrawSoon = throttled(redrawMilliseconds, () => view.redraw())
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = v.parse(ToGroup, event.data)
  model.apply(message, performance.now())
  if (message.kind === 'members') view.change({ runIds: message.runIds.length === 0 ? [0] : message.runIds })
  redrawSoon()
})

vscode.postMessage({ kind: 'ready' })
