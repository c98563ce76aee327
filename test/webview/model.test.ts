import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { FromPanel, PanelState, ToPanel } from '../../protocol/panel.ts'
import type { RunEvent } from '../../protocol/runEvent.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import { PanelModel } from '../../webview/panel/model.ts'
import { findingOf, isPlateau } from '../../webview/panel/findings.ts'
import { runRow } from './fixtures.ts'

const noClock = { steps: [], times: [] }
const event = (id: number, kind: RunEvent['kind'], message: string): RunEvent => ({
  id,
  runId: 7,
  step: 3,
  time: 0,
  kind,
  message,
})

function shown(): PanelModel {
  const model = new PanelModel()
  const series = [{ metric: 'loss', steps: [1, 2], values: [0.5, 0.4] }]
  const events = [event(1, 'started', 'Started.')]
  model.apply({ kind: 'show', run: runRow(), series: series.map(toArrays), events, clock: noClock }, 0)
  return model
}

describe('PanelModel', () => {
  test('deltas go on where the first answer ended; what comes twice is left out', () => {
    const model = shown()
    const series = [{ metric: 'loss', steps: [2, 3], values: [9, 0.3] }]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'points', runId: 7, series }] }, 100)
    expect([...(model.curves.get('loss')?.values ?? [])]).toEqual([0.5, 0.4, 0.3])
    const events = [event(1, 'started', 'Started.'), event(2, 'paused', 'Paused.')]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'events', runId: 7, events }] }, 200)
    expect(model.events.map(one => one.id)).toEqual([1, 2])
  })

  test('deltas of other runs change nothing', () => {
    const model = shown()
    const series = [{ metric: 'loss', steps: [3], values: [1] }]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'points', runId: 8, series }] }, 100)
    model.apply({ kind: 'deltas', deltas: [{ kind: 'runs', changed: [runRow({ id: 8 })], removed: [] }] }, 100)
    expect(model.lastStep).toBe(2)
    expect(model.run?.id).toBe(7)
  })

  test('the axis begins at the first step, or at the first that it can show', () => {
    const model = shown()
    const series = [{ metric: 'test/recallAt1', steps: [0, 5], values: [0.1, 0.2] }]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'points', runId: 7, series }] }, 100)
    expect(model.firstStep()).toBe(0)
    expect(model.firstStep(step => step > 0)).toBe(1)
    expect(model.firstStep(step => step > 9)).toBe(0)
  })

  test('showing another run starts afresh', () => {
    const model = shown()
    model.apply({ kind: 'show', run: runRow({ id: 9 }), series: [], events: [], clock: noClock }, 0)
    expect(model.curves.size).toBe(0)
    expect(model.events).toHaveLength(0)
    expect(model.run?.id).toBe(9)
  })

  test('the pace is that of the last seconds', () => {
    const model = shown()
    for (let second = 0; second <= 4; second++) {
      const step = 10 + second * 20
      model.apply(
        { kind: 'deltas', deltas: [{ kind: 'runs', changed: [runRow({ step })], removed: [] }] },
        second * 1000,
      )
    }
    expect(model.pace.stepsPerSecond).toBeCloseTo(20)
  })
})

describe('findings', () => {
  test('say how many triplets are still active', () => {
    const model = shown()
    const series = [{ metric: 'activeFraction', steps: [3], values: [0.12] }]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'points', runId: 7, series }] }, 100)
    expect(findingOf(model)).toMatchObject({
      mood: 'good',
      text: 'Learning. 12 % of the triplets still violate the margin.',
      advice: [],
    })
  })

  test('keep to what they said while the share of active triplets trembles about its limit', () => {
    const model = shown()
    let step = 3
    const see = (...values: number[]) => {
      const series = [{ metric: 'activeFraction', steps: values.map(() => step++), values }]
      model.apply({ kind: 'deltas', deltas: [{ kind: 'points', runId: 7, series }] }, 100)
      return findingOf(model).kind
    }
    expect(see(0.12)).toBe('learning')
    expect(see(...Array<number>(40).fill(0.0015))).toBe('learning')
    expect(see(...Array<number>(40).fill(0.0005))).toBe('all easy')
    for (let i = 0; i < 100; i++) expect(see(0.0011 + 0.0009 * (-1) ** i)).toBe('all easy')
    expect(see(...Array<number>(40).fill(0.003))).toBe('learning')
  })

  test('are of another kind where there is something else to tell, and of the same where a number changes', () => {
    const model = shown()
    const see = (deltas: Extract<ToPanel, { kind: 'deltas' }>['deltas']) => {
      model.apply({ kind: 'deltas', deltas }, 100)
      return findingOf(model)
    }
    const active = (step: number, value: number) =>
      see([{ kind: 'points', runId: 7, series: [{ metric: 'activeFraction', steps: [step], values: [value] }] }])
    const [first, second] = [active(3, 0.12), active(4, 0.5)]
    expect(first.text).not.toBe(second.text)
    expect(first.kind).toBe(second.kind)
    const collapse = (id: number) => see([{ kind: 'events', runId: 7, events: [event(id, 'collapsed', 'Collapsed.')] }])
    expect(collapse(2).kind).not.toBe(collapse(3).kind)
  })

  test('put a collapse first, with a way out that fits the miner', () => {
    const model = shown()
    const events = [event(2, 'collapsed', 'Collapsed at step 38.'), event(3, 'evaluated', 'R@1 0.1')]
    model.apply({ kind: 'deltas', deltas: [{ kind: 'events', runId: 7, events }] }, 100)
    expect(findingOf(model)).toMatchObject({ mood: 'bad', text: 'Collapsed at step 38.', advice: ['lower-rate'] })
    const spec = { ...runRow().spec, mining: { strategy: 'batch-hard' as const } }
    model.apply({ kind: 'deltas', deltas: [{ kind: 'runs', changed: [runRow({ spec })], removed: [] }] }, 200)
    expect(findingOf(model).advice).toEqual(['semi-hard', 'lower-rate'])
  })

  test('see a plateau, and none where the score still rises', () => {
    expect(isPlateau({ values: Float64Array.of(0.1, 0.5, 0.4, 0.5, 0.4, 0.3, 0.5) })).toBe(true)
    expect(isPlateau({ values: Float64Array.of(0.1, 0.5, 0.4, 0.5, 0.4, 0.3, 0.51) })).toBe(false)
    expect(isPlateau({ values: Float64Array.of(0.5, 0.4, 0.4) })).toBe(false)
  })

  test('offer more epochs when the last evaluation was the best', () => {
    const model = new PanelModel()
    const series = [{ metric: 'test/mapAtR', steps: [1, 2, 3], values: [0.1, 0.2, 0.3] }]
    model.apply(
      { kind: 'show', run: runRow({ status: 'done' }), series: series.map(toArrays), events: [], clock: noClock },
      0,
    )
    expect(findingOf(model).advice).toEqual(['more-epochs'])
  })

  test('have a sentence for every state', () => {
    const states = ['queued', 'running', 'paused', 'interrupted', 'done', 'stopped', 'failed'] as const
    for (const status of states) {
      const model = new PanelModel()
      model.apply({ kind: 'show', run: runRow({ status }), series: [], events: [], clock: noClock }, 0)
      expect(findingOf(model).text).not.toBe('')
    }
  })
})

describe('messages', () => {
  test('what does not fit is refused on both sides', () => {
    for (const message of [null, 1, {}, { kind: 'eval' }, { kind: 'wish', runId: 'x', wish: 'run' }])
      expect(v.safeParse(FromPanel, message).success).toBe(false)
    for (const message of [undefined, { kind: 'show' }, { kind: 'deltas', deltas: [{ kind: 'points' }] }])
      expect(v.safeParse(ToPanel, message).success).toBe(false)
  })

  test('a remembered state that is half broken keeps its good half', () => {
    expect(v.parse(PanelState, { runId: 3, smoothing: 'much' })).toMatchObject({ runId: 3, smoothing: 0.95 })
    expect(v.safeParse(PanelState, { smoothing: 0.5 }).success).toBe(false)
  })
})
