/** Dragging lines of the sidebar: onto a group to put runs into it, between runs to order them by hand. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { annotateRuns, placeRuns } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import type { Runs } from '../runs.ts'
import type { RunsTree } from './runsTree.ts'
import { droppedOrder, enclosing, type Node, type ParentNode } from './treeModel.ts'
import type { TreeSettings } from './treeSettings.ts'

/** As VS Code wants it: the view's id in lower case. */
const mime = 'application/vnd.code.tree.tripletlab.runs'
const Dragged = v.array(v.number())

export class RunDragAndDrop implements vscode.TreeDragAndDropController<Node> {
  readonly dragMimeTypes = [mime]
  readonly dropMimeTypes = [mime]
  readonly #client: Client
  readonly #runs: Runs
  readonly #tree: RunsTree
  readonly #settings: TreeSettings

  constructor(client: Client, runs: Runs, tree: RunsTree, settings: TreeSettings) {
    this.#client = client
    this.#runs = runs
    this.#tree = tree
    this.#settings = settings
  }

  handleDrag(source: readonly Node[], data: vscode.DataTransfer): void {
    const ids = new Set(source.flatMap(node => this.#tree.runsOf(node)).map(run => run.id))
    data.set(mime, new vscode.DataTransferItem([...ids]))
  }

  async handleDrop(target: Node | undefined, data: vscode.DataTransfer): Promise<void> {
    const decoded = v.safeParse(Dragged, data.get(mime)?.value)
    if (!decoded.success || target === undefined) return
    const runs = decoded.output.flatMap(id => this.#runs.get(id) ?? [])
    const place = this.#placeOf(target)
    if (place === undefined) return
    const own = runs.filter(run => run.experiment === place.experiment)
    if (own.length < runs.length)
      void vscode.window.showInformationMessage(
        l10n.t('A run stays with the experiment file that it was made from. Put it into a group there.'),
      )
    if (own.length > 0) await this.#move(own, place)
  }

  /** Where a line that is dropped on `target` goes: under a heading, and to the place of a line where there is one. */
  #placeOf(target: Node): Place | undefined {
    switch (target.kind) {
      case 'experiment':
        return { experiment: target.path, heading: '', parent: undefined, before: undefined }
      case 'group':
        return { experiment: target.experiment, heading: target.name, parent: undefined, before: undefined }
      case 'sweep': {
        const { experiment, heading } = target
        return { experiment, heading, parent: enclosing(experiment, heading), before: target }
      }
      case 'run': {
        const run = this.#runs.get(target.id)
        if (run === undefined) return undefined
        const { experiment, heading } = run
        return { experiment, heading, parent: this.#tree.parentOf(run), before: target }
      }
      case 'more':
        return undefined
    }
  }

  async #move(runs: readonly RunRow[], { heading, parent, before }: Place): Promise<void> {
    const moved = runs.map(run => run.id)
    const regrouped = runs.filter(run => run.heading !== heading).map(run => run.id)
    if (regrouped.length > 0) await this.#client.request(annotateRuns, { runIds: regrouped, heading })
    if (parent === undefined || before === undefined) return
    const lines = this.#tree.linesOf(parent)
    const ids = lines.map(line => this.#tree.runsOf(line).map(run => run.id))
    const order = droppedOrder(
      ids,
      moved,
      lines.findIndex(line => sameLine(line, before)),
    )
    await this.#client.request(placeRuns, { runIds: order })
    this.#settings.set({ order: 'hand' })
  }
}

interface Place {
  readonly experiment: string
  readonly heading: string
  readonly parent: ParentNode | undefined
  readonly before: Node | undefined
}

function sameLine(a: Node, b: Node): boolean {
  return a.kind === b.kind && 'id' in a && 'id' in b && a.id === b.id
}
