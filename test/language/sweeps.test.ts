import { describe, expect, test } from 'vitest'
import type { SweepInfo } from '../../protocol/sweeps.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { applyEdits } from '../../server/experiment/applyEdits.ts'
import { editsToVaryAlone } from '../../server/language/axisAlone.ts'
import { codeActions } from '../../server/language/codeActions.ts'
import { codeLenses } from '../../server/language/codeLens.ts'
import type { LanguageContext } from '../../server/language/context.ts'
import { inlayHints } from '../../server/language/inlayHints.ts'
import { settingsOf } from '../../server/sweeps/plan.ts'
import { appliedAction, context, open, runsOf } from './helpers.ts'

const rates = `{
  "dataset": "emoji",
  "optimizer": { "learningRate": { "min": 1e-4, "max": 1e-1, "distribution": "log_uniform_values" } },
  "sweep": { "method": "random", "runCap": 4 }
}`
const withRates: LanguageContext = { ...context, runs: runsOf(rates, [0.21, 0.34, 0.28, null]) }
const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } }
const hints = (text: string, within: LanguageContext) =>
  inlayHints(open(text), within, everything)
    .map(({ label }) => (typeof label === 'string' ? label : label.map(part => part.value).join('')))
    .filter(label => /\d\.\d{3}/.test(label))
const titles = (text: string, within: LanguageContext) =>
  codeLenses(open(text), within).map(lens => lens.command?.title ?? '')

describe('results of an interval', () => {
  const best = String(withRates.runs[2].spec.optimizer.learningRate)

  test('stand behind it: the best with its number, and the mean', () => {
    expect(hints(rates, withRates)).toEqual([`0.340 at ${best}, mean 0.277 ★ use refine`])
  })

  test('are those of the numbers that it holds', () => {
    const narrow = rates.replace('1e-1', String(Number(best) * 1.01)).replace('1e-4', String(Number(best) * 0.99))
    // Too narrow to be refined.
    expect(hints(narrow, withRates)).toEqual([`0.340 at ${best} ★ use`])
    expect(hints(rates.replace('1e-4', '0.0999'), withRates)).toEqual([])
  })

  test('are written and narrowed by light bulbs', () => {
    const document = open(rates)
    const at = document.text.positionAt(rates.indexOf('1e-4'))
    const found = codeActions(document, withRates, { start: at, end: at }, ['refactor'])
    expect(found[0].title).toBe(`Use ${best}, the best so far (MAP@R 0.340)`)
    expect(appliedAction(document, found[0])).toContain(`"learningRate": ${best} }`)
    const narrower = parseExperiment(appliedAction(document, found[1]))
    const [, min, max] = /"min": (\S+), "max": (\S+),/.exec(narrower.tree.text) ?? []
    // A third of three powers of ten.
    expect(Math.log10(Number(max) / Number(min))).toBeCloseTo(1, 0)
    expect(Number(min)).toBeLessThan(Number(best))
    expect(Number(max)).toBeGreaterThan(Number(best))
  })
})

describe('results of repeats', () => {
  const repeated = `{ "dataset": "emoji", "loss": { "margin": { "values": [0.1, 0.2] } }, "sweep": { "repeats": 2 } }`

  test('are their mean: one lucky seed does not make a value the best', () => {
    const runs = runsOf(repeated, [0.1, 0.6, 0.4, 0.42])
    expect(hints(repeated, { ...context, runs })).toEqual(['0.350, mean 0.350', '0.410, mean 0.410 ★ use refine'])
  })
})

test('each value of a selection becomes an axis', () => {
  const document = open('{ "dataset": "emoji", "loss": { "margin": 0.2 }, "optimizer": { "learningRate": 1e-3 } }')
  const [start, end] = [21, document.text.getText().length - 1].map(offset => document.text.positionAt(offset))
  const [action] = codeActions(document, context, { start, end }, ['refactor.rewrite'])
  expect(action.title).toBe('Sweep the 2 selected values')
  expect(appliedAction(document, action)).toBe(
    '{ "dataset": "emoji", "loss": { "margin": { "values": [0.1, 0.2, 0.5] } }, "optimizer": { "learningRate": { "values": [0.0001, 0.0003, 0.001, 0.003] } } }',
  )
})

describe('an axis alone', () => {
  const two = `{
  "dataset": "emoji",
  "loss": { "margin": { "values": [0.1, 0.2] } },
  "optimizer": { "learningRate": { "values": [1e-4, 1e-3, 1e-2] } }
}`

  test('says over its line what it would run, and how long', () => {
    const within = { ...context, runs: runsOf(two, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) }
    const lenses = codeLenses(open(two), within).slice(-2)
    expect(
      lenses.map((lens): unknown[] => [lens.range.start.line, lens.command?.title, lens.command?.arguments?.at(1)]),
    ).toEqual([
      [2, expect.stringMatching(/^\$\(play\) sweep margin alone: 2 runs, about \d/), 'loss.margin'],
      [3, expect.stringMatching(/^\$\(play\) sweep learningRate alone: 3 runs, about \d/), 'optimizer.learningRate'],
    ])
  })

  test('leaves the others at what did best, else at their first value', () => {
    const document = open(two)
    const alone = (within: LanguageContext) =>
      applyEdits(two, editsToVaryAlone(document, within, 'loss.margin') ?? []).replaceAll(/\s+/g, ' ')
    expect(alone(context)).toContain('"learningRate": 0.0001 }')
    const runs = runsOf(two, [0.1, 0.9, 0.3, 0.4, 0.5, 0.6])
    expect(alone({ ...context, runs })).toContain('"learningRate": 0.001 }')
    expect(editsToVaryAlone(document, context, 'epochs')).toBeNull()
  })
})

describe('while a sweep runs', () => {
  const margins = '{ "dataset": "emoji", "loss": { "margin": { "values": [0.1, 0.2, 0.5] } } }'
  const sweep: SweepInfo = {
    id: 3,
    experiment: 'a.triplet.json',
    status: 'running',
    wish: 'run',
    message: null,
    created: 0,
    ended: null,
    method: 'grid',
    metric: 'test/mapAtR',
    goal: 'maximize',
    runCap: null,
    repeats: 1,
    earlyTerminate: null,
    axes: [],
  }
  const runs = runsOf(margins, [0.2, 0.3, null], { sweepId: 3 }).map(run =>
    run.id === 3 ? { ...run, status: 'running' as const, ended: null } : { ...run, started: 0, ended: 60_000 },
  )
  const within = (change: Partial<SweepInfo> = {}): LanguageContext => ({
    ...context,
    runs,
    sweep: () => ({ sweep: { ...sweep, ...change }, settings: settingsOf(parseExperiment(margins).tree) }),
  })

  test('its progress, best and time stand in the lens, in place of the start', () => {
    expect(titles(margins, within()).slice(0, 3)).toEqual([
      '$(sync~spin) sweep 2/3 · best 0.300 · about 1:00 left',
      '$(debug-pause) pause',
      '$(debug-stop) stop',
    ])
    expect(titles(margins, within({ wish: 'pause' })).slice(0, 2)).toEqual([
      '$(debug-pause) sweep 2/3 · best 0.300',
      '$(debug-continue) resume',
    ])
  })

  test('a change of its axes can be applied to it, another file is another sweep', () => {
    const more = margins.replace('0.5', '0.3, 0.5')
    expect(titles(more, within())).toEqual(
      expect.arrayContaining(['$(git-compare) apply these changes to the sweep', '$(play) Start sweep (4 runs)']),
    )
    expect(titles(margins.replace('"loss"', '"epochs": 3, "loss"'), within()).join()).not.toContain('apply')
  })

  test('once it has ended, the lens leads to it and starts the next', () => {
    expect(titles(margins, within({ status: 'done' })).slice(0, 2)).toEqual([
      '$(list-tree) sweep: 3 runs',
      '$(play) Start sweep (3 runs)',
    ])
  })
})
