/** What a panel of several runs knows: of each run what a live panel knows of its own. */
import type { ToGroup } from '../../protocol/group.ts'
import { assertNever } from '../../protocol/assertNever.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Curve } from '../data/curve.ts'
import { PanelModel } from '../panel/model.ts'

/** A run of the group. */
export interface Member {
  readonly run: RunRow
  readonly model: PanelModel
}

export class GroupModel {
  #runIds: readonly number[] = []
  readonly #models = new Map<number, PanelModel>()

  apply(message: ToGroup, now: number): void {
    switch (message.kind) {
      case 'members': {
        this.#runIds = message.runIds
        for (const id of this.#models.keys()) if (!message.runIds.includes(id)) this.#models.delete(id)
        return
      }
      case 'show': {
        const model = new PanelModel()
        model.apply(message, now)
        this.#models.set(message.run.id, model)
        return
      }
      case 'deltas': {
        for (const delta of message.deltas)
          if (delta.kind === 'runs') for (const id of delta.removed) this.#models.delete(id)
        for (const model of this.#models.values()) model.apply(message, now)
        return
      }
      // A run that is gone has no model; close-ups and details are asked for in a panel of its own.
      case 'missing':
      case 'closeUp':
      case 'detail':
      case 'suspects':
        return
      default:
        assertNever(message)
    }
  }

  /** In the order of the group, as far as they are here. */
  get members(): Member[] {
    return this.#runIds.flatMap(id => {
      const model = this.#models.get(id)
      return model?.run === undefined ? [] : [{ run: model.run, model }]
    })
  }

  /** The curves of all runs, each by `curveKey`. */
  get curves(): ReadonlyMap<string, Curve> {
    return new Map(
      this.members.flatMap(({ run, model }) =>
        [...model.curves].map(([metric, curve]): [string, Curve] => [curveKey(metric, run.id), curve]),
      ),
    )
  }
}

/** Names the curve of a metric of a run, where those of several runs are drawn over one another. */
export function curveKey(metric: string, runId: number): string {
  return `${metric}@${runId}`
}

export function runOfKey(key: string): number {
  return Number(key.slice(key.lastIndexOf('@') + 1))
}
