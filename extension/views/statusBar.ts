/** The status bar: what is running, how far it is, and the way to its panel. Absent while nothing runs. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Runs } from '../runs.ts'
import { runDescription, scoreText } from './runItem.ts'

const redrawMilliseconds = 500

export class StatusBar implements vscode.Disposable {
  readonly #runs: Runs
  readonly #subscription: vscode.Disposable
  #item: vscode.StatusBarItem | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(runs: Runs) {
    this.#runs = runs
    this.#subscription = runs.onChange(() => {
      this.#timer ??= setTimeout(() => this.#redraw(), redrawMilliseconds)
    })
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#subscription.dispose()
    this.#item?.dispose()
  }

  #redraw(): void {
    this.#timer = undefined
    const active = this.#runs.active()
    const newest = active.at(0)
    if (newest === undefined) {
      this.#item?.hide()
      return
    }
    this.#item ??= this.#create()
    this.#item.text = `$(graph-line) ${active.length === 1 ? oneRun(newest) : manyRuns(active)}`
    this.#item.tooltip = active.map(run => `${run.name} · ${runDescription(run)}`).join('\n')
    this.#item.command = {
      command: 'tripletLab.openPanel',
      title: l10n.t('Open Live Panel'),
      arguments: active.length === 1 ? [newest.id] : [],
    }
    this.#item.show()
  }

  #create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('tripletLab.status', vscode.StatusBarAlignment.Left, 10)
    item.name = 'Triplet Lab'
    return item
  }
}

function oneRun(run: RunRow): string {
  const epoch = l10n.t('epoch {0}/{1}', Math.min(run.epoch, run.epochs), run.epochs)
  return [experimentName(run.experiment), epoch, scoreText(run)].filter(text => text !== '').join(' · ')
}

function manyRuns(runs: readonly RunRow[]): string {
  const done = runs.reduce((sum, run) => sum + (run.steps > 0 ? run.step / run.steps : 0), 0) / runs.length
  return l10n.t('{0} runs · {1} %', runs.length, Math.floor(100 * done))
}

/** `faces/emoji.triplet.json` is called emoji where space is short. */
export function experimentName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.triplet\.json$/, '')
}
