import { readFileSync } from 'node:fs'
import type { CompletionItem } from 'vscode-languageserver-types'
import { describe, expect, test } from 'vitest'
import type { RunRow } from '../../protocol/runEvent.ts'
import { editsToRun } from '../../server/language/applyRun.ts'
import { toTextEdits } from '../../server/language/edits.ts'
import { experimentStatus } from '../../server/language/status.ts'
import { codeActions } from '../../server/language/codeActions.ts'
import { codeLenses } from '../../server/language/codeLens.ts'
import { complete } from '../../server/language/completion.ts'
import type { LanguageContext } from '../../server/language/context.ts'
import { diagnose } from '../../server/language/diagnostics.ts'
import { jsonService } from '../../server/language/jsonService.ts'
import { hover } from '../../server/language/hover.ts'
import { inlayHints } from '../../server/language/inlayHints.ts'
import { semanticTokens, tokenLegend } from '../../server/language/semanticTokens.ts'
import {
  documentLinks,
  documentSymbols,
  foldingRanges,
  format,
  selectionRanges,
} from '../../server/language/structure.ts'
import { applied, appliedAction, context, cursor, open, runsOf, underlined, uri } from './helpers.ts'

const margins = `{
  "dataset": "emoji",
  "loss": { "margin": { "values": [0.1, 0.2, 0.5] } }
}`
const with3: LanguageContext = { ...context, runs: runsOf(margins, [0.21, 0.34, 0.28]) }

const hoverText = (marked: string, within = context) => {
  const { document, position } = cursor(marked)
  const found = hover(document, within, position)
  if (found === null) return null
  const { contents } = found
  return {
    text: typeof contents === 'object' && 'value' in contents ? contents.value : '',
    on: underlined(document, found.range),
  }
}

describe('hover', () => {
  test('says what a setting does, with formula, default, range and paper', () => {
    const found = hoverText('{ "dataset": "emoji", "loss": { "mar|gin": 0.3 } }')
    expect(found?.on).toBe('"margin"')
    expect(found?.text).toContain('**loss.margin (α)**')
    expect(found?.text).toContain('how much farther a negative')
    expect(found?.text).toContain('`d(a, p) + α ≤ d(a, n)`')
    expect(found?.text).toContain('Default: `0.2` · > 0 · units of the distance')
    expect(found?.text).toContain('[Schroff et al., FaceNet, CVPR 2015, §3.1](https://arxiv.org/abs/1503.03832)')
  })

  test('says what the written value means', () => {
    for (const text of ['"mining": "semi-|hard"', '"mining": { "strategy": "semi|-hard" }'])
      expect(hoverText(`{ "dataset": "emoji", ${text} }`)?.text).toContain('nearest negative that is still farther')
    expect(hoverText('{ "dataset": "em|oji" }')?.text).toContain('Emoji drawn by several vendors')
  })

  test('says what the values gave here before', () => {
    expect(hoverText('{ "dataset": "emoji", "loss": { "mar|gin": 0.3 } }', with3)?.text).toContain(
      [
        'Here before, best MAP@R:',
        '- `0.2`: 0.340 · [α 0.2](command:tripletLab.openPanel?%5B2%5D) (1 run)',
        '- `0.5`: 0.280 · [α 0.5](command:tripletLab.openPanel?%5B3%5D) (1 run)',
        '- `0.1`: 0.210 · [α 0.1](command:tripletLab.openPanel?%5B1%5D) (1 run)',
      ].join('\n'),
    )
    const plain = { ...with3, panels: false }
    expect(hoverText('{ "dataset": "emoji", "loss": { "mar|gin": 0.3 } }', plain)?.text).toContain(
      '- `0.2`: 0.340 · α 0.2 (1 run)',
    )
  })

  test('says what the values gave in other files, where those were about the same pictures', () => {
    const marked = '{ "dataset": "emoji", "loss": { "mar|gin": 0.3 } }'
    const others = { ...context, otherRuns: () => with3.runs }
    expect(hoverText(marked, others)?.text).toContain(
      'In other files with these pictures, best MAP@R:\n- `0.2`: 0.340 · [α 0.2]',
    )
    expect(hoverText(marked.replace('"loss"', '"split": { "test": 0.2 }, "loss"'), others)?.text).not.toContain('0.340')
    expect(hoverText(marked, { ...others, runs: runsOf('{ "dataset": "emoji" }', [0.1]) })?.text).not.toContain('0.340')
  })

  test('is about the innermost setting, and about nothing between them', () => {
    expect(hoverText('{ "dataset": "emoji", "ba|tch": { "classes": 8 } }')?.text).toContain('**batch**')
    expect(hoverText('{ "dataset": "emoji", "batch": { "classes": |8 } }')?.text).toContain('**batch.classes (P)**')
    expect(hoverText('{ "dataset": "emoji", "batch": { | "classes": 8 } }')).toBeNull()
    expect(hoverText('|')).toBeNull()
  })
})

describe('completion', () => {
  const labels = async (marked: string, within = context) => {
    const { document, position } = cursor(marked)
    const { items } = await complete(document, within, position)
    return items
      .toSorted((a, b) => (a.sortText ?? a.label).localeCompare(b.sortText ?? b.label))
      .map(item => item.label)
  }

  test('knows the keys that are not there yet', async () => {
    const found = await labels('{ "dataset": "emoji", "|" }')
    expect(found).toEqual(expect.arrayContaining(['loss', 'mining', 'batch', 'optimizer', 'epochs', 'sweep']))
    expect(found).not.toContain('dataset')
  })

  test('knows the keys of the option that is chosen', async () => {
    const found = await labels('{ "dataset": "emoji", "optimizer": { "name": "sgd", "|" } }')
    expect(found).toContain('momentum')
    expect(found).not.toContain('beta1')
  })

  test('knows values, with a sweep among them', async () => {
    expect(await labels('{ "dataset": "emoji", "mining": | }')).toEqual(
      expect.arrayContaining(['"semi-hard"', '"batch-hard"', '"distance-weighted"']),
    )
    const margin = await labels('{ "dataset": "emoji", "loss": { "margin": | } }')
    expect(margin).toEqual(expect.arrayContaining(['0.1', '0.2', '0.5', 'sweep over 0.1, 0.2, 0.5']))
  })

  test('puts what was used here first', async () => {
    const used = {
      ...context,
      runs: runsOf('{ "dataset": "emoji", "mining": "batch-all", "loss": { "reducer": "mean-nonzero" } }', [0.3]),
    }
    expect((await labels('{ "dataset": "emoji", "mining": | }', used))[0]).toBe('"batch-all"')
    expect((await labels('{ "dataset": "emoji", "loss": { "reducer": | } }', used))[0]).toBe('"mean-nonzero"')
  })

  test('and what was used in other files of the folder', async () => {
    const runs = runsOf('{ "dataset": "emoji", "mining": "batch-all", "loss": { "reducer": "mean-nonzero" } }', [0.3])
    const used = { ...context, otherRuns: () => runs }
    expect((await labels('{ "dataset": "emoji", "mining": | }', used))[0]).toBe('"batch-all"')
  })

  test('knows the folders beside the file', async () => {
    expect(await labels('{ "dataset": { "folder": "|" } }')).toEqual(['faces/'])
    expect(await labels('{ "dataset": { "csv": "./|" } }')).toEqual(['faces/', 'notes.txt'])
    expect(await labels('{ "dataset": { "folder": "./faces/a|" } }')).toEqual(['ann/'])
    const { document, position } = cursor('{ "dataset": { "folder": "fa|" } }')
    const { items } = await complete(document, context, position)
    const edit = items[0]?.textEdit
    if (edit === undefined || !('range' in edit)) throw new Error('No edit.')
    expect(applied(document, [edit])).toBe('{ "dataset": { "folder": "./faces" } }')
  })

  test('is the same as from the whole text, though it is only given what matters', async () => {
    const text = `{
      // Notes, with "quotes" and [brackets].
      "dataset": { "name": "emoji" },
      "model": { "architecture": "layers", "layers": [{ "type": "conv", "filters": 8 }, "relu", "flatten", "relu" "relu"] },
      "loss": { "margin": { "values": [0.1, 0.2, 0.5] }, "distance": "cosine" },
      "curriculum": [{ "fromEpoch": 2, "margin": 0.3 }, { "fromEpoch": 3 }, { }, { "fromEpoch": 5, "mining": "semi-hard" }],
      "sweep": { "metric": { "name": "mapAtR" } },
      "batch": {
    }`
    const document = open(text)
    const json = jsonService()
    const whole = json.parseJSONDocument(document.text)
    const gist = (items: readonly CompletionItem[]) =>
      [...new Set(items.map(item => JSON.stringify([item.label, item.textEdit, item.documentation])))].sort()
    for (let offset = 0; offset <= text.length; offset++) {
      const position = document.text.positionAt(offset)
      const expected = await json.doComplete(document.text, position, whole)
      const { items } = await complete(document, { ...context, list: () => Promise.resolve([]) }, position)
      expect([offset, ...gist(items)]).toEqual([offset, ...gist(expected?.items ?? [])])
    }
  })

  test('offers whole datasets and whole searches', async () => {
    expect(await labels('{ "dataset": | }')).toEqual(
      expect.arrayContaining(['{ "name": "emoji" }', '{ "folder": "./…" }', '{ "csv": "./…" }']),
    )
    const marked = '{ "dataset": "emoji", "seed": { "values": [1, 2] }, "sweep": | }'
    expect(await labels(marked)).toEqual(
      expect.arrayContaining(['every combination', 'a search that learns from its runs']),
    )
  })

  test('offers whole files where there is none', async () => {
    const found = await labels('|')
    expect(found).toEqual(
      expect.arrayContaining(['Experiment with emoji', 'Experiment with my pictures', 'Sweep over margins']),
    )
  })
})

describe('inlay hints', () => {
  const hints = (text: string, within = context) => {
    const document = open(text)
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } }
    return inlayHints(document, within, range).map(({ position, label }) => {
      const line = text.split('\n')[position.line] ?? ''
      const before = line.slice(Math.max(0, position.character - 6), position.character)
      return `${before}|${typeof label === 'string' ? label : label.map(part => part.value).join('')}`
    })
  }

  test('say what the settings amount to', () => {
    const file =
      '{\n"dataset": "emoji",\n"model": "conv",\n"mining": "semi-hard",\n"batch": { "classes": 32 },\n"epochs": 20 }'
    expect(hints(file)).toEqual([
      ': 32 }|128 pictures, 47,616 triplets a batch',
      '-hard"|384 triplets a step',
      '"conv"|282 k parameters',
      's": 20|30 steps each',
    ])
  })

  test('estimate the time from earlier runs of the same network', () => {
    const file = '{ "dataset": "emoji", "epochs": 20 }'
    // 20 epochs × 30 steps × 128 pictures at 1,000 a second, a tenth for evaluations, a second to begin with.
    expect(hints(file, { ...context, runs: runsOf(file, [0.3]) })).toEqual(['s": 20|30 steps each, about 1:25'])
    // Once runs have ended, what they took beside their steps is known: here at least 42 s for 21 evaluations.
    const took = (seconds: number, more: Partial<RunRow> = {}) =>
      runsOf(file, [0.3], { started: 1_000, ended: 1_000 + 1_000 * seconds, step: 600, steps: 600, ...more })
    const about = (runs: RunRow[], text = file) => hints(text, { ...context, runs }).at(-1)
    const stepsTake = 1 + 76.8
    expect(about([...took(stepsTake + 4_200), ...took(stepsTake + 42)])).toBe('s": 20|30 steps each, about 2:00')
    expect(about(took(stepsTake + 42), file.replace('20', '40'))).toBe('s": 40|30 steps each, about 3:57')
    // A run that still trains changes its speed all the time: one that has ended says more.
    const still = took(stepsTake + 42, { ended: null, status: 'running', summaries: runsOf(file, [2])[0].summaries })
    expect(about([...still, ...took(stepsTake + 42)])).toBe('s": 20|30 steps each, about 2:00')
    expect(
      hints('{ "dataset": "emoji", "model": "mlp", "epochs": 20 }', { ...context, runs: runsOf(file, [0.3]) }).at(-1),
    ).toContain('|30 steps each')
  })

  test('stand beside swept values, with the best marked', () => {
    expect(hints(margins, with3)).toEqual([
      expect.stringMatching(/0\.1\|0\.210$/),
      expect.stringMatching(/0\.2\|0\.340 ★ use refine$/),
      expect.stringMatching(/0\.5\|0\.280$/),
    ])
  })

  test('belong to the text: they stay through formatting and go when the file asks for another run', () => {
    const spaced = margins.replace('[0.1, 0.2, 0.5]', '[\n 0.5, 0.20,\n 0.1 ]').replace('{', '{ // a comment')
    expect(hints(spaced, with3)).toHaveLength(3)
    expect(hints(margins.replace('0.2,', '0.3,'), with3)).toEqual([
      expect.stringContaining('0.210'),
      expect.stringContaining('0.280 ★'),
    ])
    expect(hints(margins.replace('"loss"', '"seed": 7, "loss"'), with3)).toEqual([])
    expect(hints(margins.replace('{ "values": [0.1, 0.2, 0.5] }', '0.2'), with3)).toEqual([])
  })

  test('give the mean over what other axes vary', () => {
    const file = margins.replace('"loss"', '"seed": { "values": [1, 2] }, "loss"')
    const runs = runsOf(file, [0.2, 0.3, 0.4, 0.4, 0.5, 0.6])
    const document = open(file)
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } }
    const tips = inlayHints(document, { ...context, runs }, range).map(({ tooltip }) =>
      typeof tooltip === 'object' ? tooltip.value : '',
    )
    expect(tips).toContain('MAP@R: best 0.600, mean 0.500 of 2 runs')
  })
})

describe('code lenses', () => {
  const lenses = (text: string, within = context) =>
    codeLenses(open(text), within).map(({ command }): unknown[] => [
      command?.title,
      command?.command,
      ...((command?.arguments ?? []) as unknown[]),
    ])

  test('start a run, or a sweep with its number of runs', () => {
    expect(lenses('{ "dataset": "emoji" }')).toEqual([
      ['$(play) Start Triplet Training', 'tripletLab.startTraining', uri, { single: true }],
    ])
    expect(lenses(margins)[0]).toEqual(['$(play) Start sweep (3 runs)', 'tripletLab.startTraining', uri])
    expect(lenses('')[0]?.[0]).toBe('$(play) Start Triplet Training')
  })

  test('lead to the panel and to the best run', () => {
    const [, time, panel, best, use] = lenses(margins, with3)
    expect(time.at(0)).toBe('$(zap) onnx-cpu · about 4:16')
    expect(use).toEqual(['$(check) use α 0.2', 'tripletLab.useValues', uri, { 'loss.margin': 0.2 }])
    expect(panel).toEqual(['$(graph-line) live panel', 'tripletLab.openPanel', 3])
    expect(best).toEqual(['$(star-full) best so far: MAP@R 0.340, α 0.2', 'tripletLab.openPanel', 2])
  })

  test('name the engine that would be taken, before a first run', () => {
    expect(lenses('{ "dataset": "emoji" }', { ...context, engine: 'tfjs-wasm' })[1]).toEqual(['$(zap) tfjs-wasm', ''])
    expect(lenses('{ "dataset": "emoji", "engine": "tfjs-cpu" }', { ...context, engine: 'onnx-cpu' })[1]?.[0]).toBe(
      '$(zap) tfjs-cpu',
    )
  })

  test('call nothing but the server where the client has no panels', () => {
    const called = lenses(margins, { ...with3, panels: false }).map(([, command]) => command)
    expect(called).toEqual(['tripletLab.startTraining', '', '', 'tripletLab.useValues', 'tripletLab.startTraining'])
  })

  test('follow the metric that the file names', () => {
    const file = margins.replace('"loss"', '"sweep": { "metric": { "name": "loss" } }, "loss"')
    const runs = runsOf(margins, [0.21, 0.34, 0.28]).map(run => ({
      ...run,
      summaries: { loss: { last: run.id, lastStep: 1, min: run.id, minStep: 1, max: 9, maxStep: 1 } },
    }))
    expect(lenses(file, { ...context, runs }).find(([title]) => String(title).includes('best so far'))?.[2]).toBe(1)
  })
})

describe('code actions', () => {
  const actions = (marked: string, within = context, only?: string[]) => {
    const { document, position } = cursor(marked)
    const found = codeActions(document, within, { start: position, end: position }, only)
    return { document, found, titles: found.map(one => one.title) }
  }

  test('repair what a diagnostic says', () => {
    const { document, found } = actions('{ "dataset": "emoji", "mining": "semi|hard" }', context, ['quickfix'])
    expect(found).toHaveLength(1)
    expect(appliedAction(document, found[0])).toBe('{ "dataset": "emoji", "mining": "semi-hard" }')
    expect(found[0]?.diagnostics?.[0]?.code).toBe('unknown-value')
    expect(found[0]?.isPreferred).toBe(true)
  })

  test.each([
    ['{ "dataset": "emoji", "loss": { "margin": 0.|2 } }', '"margin": { "values": [0.1, 0.2, 0.5] }'],
    ['{ "dataset": "emoji", "loss": { "mar|gin": 0.3 } }', '"margin": { "values": [0.15, 0.3, 0.6] }'],
    ['{ "dataset": "emoji", "optimizer": { "learningRate": 2e|-3 } }', '{ "values": [0.00067, 0.002, 0.006] }'],
    ['{ "dataset": "emoji", "batch": { "classes": 2|4 } }', '{ "values": [12, 24, 48] }'],
    ['{ "dataset": "emoji", "loss": { "swap": fa|lse } }', '"swap": { "values": [false, true] }'],
    [
      '{ "dataset": "emoji", "mining": "batch-|hard" }',
      '{ "values": ["batch-hard", "random", "semi-hard", "batch-all"] }',
    ],
    ['{ "dataset": "emoji", "seed": |1 }', '"seed": { "values": [1, 2, 3] }'],
  ])('sweep a value: %s', (marked, expected) => {
    const { document, found } = actions(marked, context, ['refactor'])
    const swept = appliedAction(document, found[0])
    expect(swept).toContain(expected)
    expect(diagnose(open(swept), context).filter(one => one.severity === 1)).toEqual([])
  })

  test('take the best back, refine around it, or keep the one under the cursor', () => {
    const marked = margins.replace('0.5]', '|0.5]')
    const { document, found, titles } = actions(marked, with3, ['refactor'])
    expect(titles).toEqual([
      'Use 0.2, the best so far (MAP@R 0.340)',
      'Refine around 0.2: [0.15, 0.2, 0.35]',
      'Use 0.5 instead of the sweep',
    ])
    expect(appliedAction(document, found[0])).toContain('"margin": 0.2 }')
    expect(appliedAction(document, found[1])).toContain('"values": [0.15, 0.2, 0.35]')
    expect(appliedAction(document, found[2])).toContain('"margin": 0.5 }')
  })

  test('offer nothing where there is nothing to vary', () => {
    expect(actions('{ "dataset": "emoji", "name": "x|y" }', context, ['refactor']).titles).toEqual([])
    expect(actions('|', context, ['refactor']).titles).toEqual([])
  })
})

describe('the shape of a file', () => {
  const text = readFileSync('examples/emoji.triplet.json', 'utf8')

  test('is its outline', () => {
    const symbols = documentSymbols(open(text))
    expect(symbols.map(one => `${one.name} ${one.detail ?? ''}`.trim())).toEqual(
      expect.arrayContaining(['dataset', 'mining "semi-hard"', 'seed 1']),
    )
    expect(symbols.find(one => one.name === 'loss')?.children?.at(0)?.name).toBe('margin')
  })

  test('folds, selects outwards and formats', () => {
    expect(foldingRanges(open('{\n  "loss": {\n    "margin": 1\n  }\n}'))).toEqual(
      expect.arrayContaining([expect.objectContaining({ startLine: 1, endLine: 2 })]),
    )
    const { document, position } = cursor('{ "loss": { "margin": 0|.2 } }')
    const first = selectionRanges(document, [position]).at(0)
    expect(underlined(document, first?.range)).toBe('0.2')
    expect(underlined(document, first?.parent?.range)).toBe('"margin": 0.2')
    const messy = open('{"dataset":"emoji","epochs":3}')
    const neat = applied(messy, format(messy, { tabSize: 2, insertSpaces: true }))
    expect(neat).toBe('{\n  "dataset": "emoji",\n  "epochs": 3\n}')
    expect(format(open(neat), { tabSize: 2, insertSpaces: true })).toEqual([])
  })

  test('tells words that mean something from free text, and sweeps from settings', () => {
    const text = '{\n  "name": "semi-hard",\n  "mining": "semi-hard",\n  "loss": { "margin": { "values": [1, 2] } }\n}'
    const { data } = semanticTokens(open(text))
    const tokens: string[] = []
    for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
      character = data[i] === 0 ? character + data[i + 1] : data[i + 1]
      line += data[i]
      tokens.push(
        `${tokenLegend.tokenTypes[data[i + 3]]} ${text.split('\n')[line].slice(character, character + data[i + 2])}`,
      )
    }
    expect(tokens).toEqual(['enumMember "semi-hard"', 'keyword "values"'])
  })

  test('links to the files of its dataset', () => {
    const document = open('{ "dataset": { "idx": { "images": "a.idx", "labels": "b.idx" } } }')
    const links = documentLinks(document, context)
    expect(links.map(link => [underlined(document, link.range), link.target])).toEqual([
      ['a.idx', 'file:///lab/a.idx'],
      ['b.idx', 'file:///lab/b.idx'],
    ])
  })
})

test('a file is brought to the settings of a run, and only what differs is written', () => {
  const now = '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3, "swap": false },\n  "mining": "semi-hard"\n}'
  const then = '{ "dataset": "emoji", "loss": { "margin": 0.2, "swap": true }, "mining": "batch-all", "epochs": 7 }'
  const document = open(now)
  const runs = runsOf(then, [0.5])
  const edits = editsToRun(document, context, runs[0].spec)
  expect(edits).not.toBeNull()
  const after = applied(document, toTextEdits(document.text, edits ?? []))
  expect(after).toBe(
    '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.2, "swap": true },\n  "mining": "batch-all",\n  "epochs": 7\n}',
  )
  expect(editsToRun(open(after), context, runs[0].spec)).toBeNull()
  const titles = codeLenses(document, { ...context, runs }).map(lens => lens.command?.title)
  expect(titles.at(-1)).toBe('$(check) use its settings')
  expect(experimentStatus(document, { ...context, runs })).toEqual({
    engine: 'onnx-cpu',
    runs: 1,
    duration: expect.closeTo(85_480, 0) as number,
  })
})
