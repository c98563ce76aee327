import { describe, expect, test } from 'vitest'
import { codes } from '../../server/experiment/rules/codes.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { findAll } from '../../server/experiment/validate.ts'
import { applyFix, codesOf, context, problemsOf, underlined } from './helpers.ts'

const emoji = '"dataset": "emoji"'

/** [what, file, code, the text underlined, a part of the message] */
const wrong: [string, string, string, string, string | RegExp][] = [
  ['an empty file', '', 'empty-file', '', 'dataset'],
  ['no object', '[1]', 'wrong-type', '[1]', 'one object'],
  ['a missing comma', `{ ${emoji} "epochs": 3 }`, 'json-syntax', '"epochs"', 'comma'],
  ['a key written twice', `{ ${emoji}, "epochs": 3, "epochs": 4 }`, 'json-duplicate-key', '"epochs"', 'twice'],
  ['no dataset', '{ "epochs": 3 }', 'missing', '{', 'which pictures'],
  ['two datasets', '{ "dataset": { "name": "emoji", "folder": "x" } }', 'exactly-one', '"folder"', 'exactly one'],
  ['an empty dataset', '{ "dataset": {} }', 'exactly-one', '{', 'exactly one'],
  ['half a dataset', '{ "dataset": { "idx": { "images": "x" } } }', 'missing', '{', 'labels'],
  ['an unknown key', `{ ${emoji}, "zzz": 1 }`, 'unknown-key', '"zzz"', 'It knows: extends, name, dataset'],
  ['a misspelt key', `{ ${emoji}, "epcohs": 1 }`, 'unknown-key', '"epcohs"', 'Did you mean "epochs"?'],
  ['a key of another tool', `{ ${emoji}, "loss": { "alpha": 0.2 } }`, 'unknown-key', '"alpha"', 'Did you mean "margin"?'],
  ['a key in another spelling', `{ ${emoji}, "steps_per_epoch": 9 }`, 'unknown-key', '"steps_per_epoch"', '"stepsPerEpoch"?'],
  ['a misspelt value', `{ ${emoji}, "mining": "semihard" }`, 'unknown-value', '"semihard"', 'Did you mean "semi-hard"?'],
  ['an unknown value', `{ ${emoji}, "optimizer": { "name": "zzzz" } }`, 'unknown-value', '"zzzz"', 'One of: adam, sgd'],
  ['text for a number', `{ ${emoji}, "epochs": "20" }`, 'wrong-type', '"20"', 'a whole number, not text'],
  ['a broken number', `{ ${emoji}, "epochs": 2.5 }`, 'not-an-integer', '2.5', 'whole number'],
  ['a number for a truth', `{ ${emoji}, "loss": { "swap": 1 } }`, 'wrong-type', '1', 'true or false'],
  ['α of zero', `{ ${emoji}, "loss": { "margin": 0 } }`, 'margin-not-positive', '0', '> 0'],
  ['negative α', `{ ${emoji}, "loss": { "margin": -0.2 } }`, 'margin-not-positive', '-0.2', 'same point'],
  ['endless α', `{ ${emoji}, "loss": { "margin": 1e999 } }`, 'margin-not-positive', '1e999', '> 0'],
  ['K of one', `{ ${emoji}, "batch": { "samplesPerClass": 1 } }`, 'batch-too-few-samples', '1', 'two pictures of one class'],
  ['P of one', `{ ${emoji}, "batch": { "classes": 1 } }`, 'batch-too-few-classes', '1', 'two classes'],
  ['more classes than there are', '{ "dataset": "mnist", "batch": { "classes": 12 }, "split": { "by": "given" } }', 'batch-more-classes-than-dataset', '12', 'has 10'],
  ['more classes than are trained on', '{ "dataset": "mnist", "batch": { "classes": 6 } }', 'batch-more-classes-than-dataset', '6', 'has 5'],
  ['more classes by default', '{ "dataset": "mnist", "split": { "by": "given" } }', 'batch-more-classes-than-dataset', '{', '32 classes'],
  ['more pictures than a class has', '{ "dataset": "mnist", "batch": { "classes": 4, "samplesPerClass": 8000 } }', 'batch-more-samples-than-class', '8000', '7877'],
  ['two channels', `{ ${emoji}, "image": { "channels": 2 } }`, 'out-of-range', '2', '1, 3'],
  ['an empty list of layers', `{ ${emoji}, "model": { "architecture": "layers", "layers": [] } }`, 'too-few-items', '[]', 'at least one'],
  ['layers without a list', `{ ${emoji}, "model": "layers" }`, 'missing', '"layers"', 'model.layers'],
  ['a setting of another miner', `{ ${emoji}, "mining": { "strategy": "batch-hard", "fallback": "skip" } }`, 'unknown-key', '"fallback"', 'mining'],
  ['no values', `{ ${emoji}, "seed": { "values": [] } }`, 'sweep-no-values', '[]', 'at least one'],
  ['a value twice', `{ ${emoji}, "seed": { "values": [1, 1] } }`, 'sweep-duplicate-value', '1', 'twice'],
  ['a sweep in a sweep', `{ ${emoji}, "seed": { "values": [{ "values": [1] }] } }`, 'sweep-in-sweep', '{ "values": [1] }', 'one list'],
  ['values and an interval', `{ ${emoji}, "seed": { "values": [1, 2], "min": 1 } }`, 'sweep-contradiction', '"min"', 'exclude'],
  ['half an interval', `{ ${emoji}, "loss": { "margin": { "min": 0.1 } } }`, 'sweep-needs-min-and-max', '{', 'min'],
  ['an interval upside down', `{ ${emoji}, "loss": { "margin": { "min": 0.5, "max": 0.1 } } }`, 'sweep-empty-interval', '0.1', 'greater'],
  ['a grid over an interval', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.5 } } }`, 'sweep-grid-needs-values', '{ "min": 0.1, "max": 0.5 }', 'values'],
  ['a sweep of nothing', `{ ${emoji}, "sweep": { "method": "grid" } }`, 'sweep-without-axes', '"sweep"', 'Nothing'],
  ['too many brackets', `{ ${emoji}, "name": ${'['.repeat(70)}`, 'json-too-deep', '[', 'brackets'],
  ['an empty name', `{ ${emoji}, "name": " " }`, 'empty-text', '" "', 'empty'],
  ['an interval of words', `{ ${emoji}, "mining": { "strategy": { "min": 0, "max": 1 } } }`, 'sweep-not-a-number', '{ "min": 0, "max": 1 }', 'values'],
  ['a logarithm of zero', `{ ${emoji}, "optimizer": { "learningRate": { "min": 0, "max": 0.1, "distribution": "log_uniform_values" } } }`, 'sweep-log-needs-positive', '0', 'above 0'],
  ['fractions of a count', `{ ${emoji}, "epochs": { "min": 1, "max": 9, "distribution": "uniform" } }`, 'sweep-needs-integers', '"uniform"', 'whole numbers'],
  ['a step of zero', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.5, "distribution": "q_uniform", "q": 0 } } }`, 'sweep-bad-step', '0', 'above 0'],
  ['a step without a use', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.5, "q": 0.1 } } }`, 'sweep-contradiction', '"q"', 'q_uniform'],
  ['a step over the interval', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.2, "distribution": "q_uniform", "q": 1 } }, "sweep": { "method": "random", "runCap": 3 } }`, 'sweep-no-value', '{ "min": 0.1, "max": 0.2, "distribution": "q_uniform", "q": 1 }', 'widen'],
  ['a search without an end', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.5 } }, "sweep": { "method": "bayes" } }`, 'sweep-needs-run-cap', '"sweep"', 'runCap'],
  ['a metric without pictures', `{ ${emoji}, "seed": { "values": [1, 2] }, "split": { "test": 0 }, "sweep": {} }`, 'sweep-metric-missing', '0', 'held-out'],
  ['an unknown distribution', `{ ${emoji}, "loss": { "margin": { "min": 0.1, "max": 0.5, "distribution": "log" } } }`, 'unknown-value', '"log"', 'log_uniform_values'],
] // prettier-ignore

describe('a file is told what is wrong with it', () => {
  test.each(wrong)('%s', (_, text, code, range, message) => {
    const problems = problemsOf(text)
    const found = problems.find(problem => problem.code === code)
    expect(found, JSON.stringify(problems)).toBeDefined()
    if (found === undefined) return
    expect(underlined(text, found)).toBe(range)
    expect(found.message).toContain(message)
  })

  /** Findings whose repair nobody can guess: what was meant is not in the text. */
  const unrepairable = new Set([
    'json-too-deep', 'sweep-no-values', 'sweep-in-sweep', 'sweep-needs-min-and-max', 'sweep-not-a-number',
    'too-few-items', 'empty-text', 'wrong-type',
  ]) // prettier-ignore
  test.each(wrong)('and every repair that is offered for it repairs it: %s', (_, text, code) => {
    const found = findAll(parseExperiment(text).tree, context).filter(one => one.code === code)
    const fixes = found.flatMap(one => one.fixes ?? [])
    for (const fix of fixes) {
      const repaired = parseExperiment(applyFix(text, fix)).tree
      const after = findAll(repaired, context)
      expect(repaired.syntax, fix.title).toEqual([])
      expect(after.filter(one => one.code === code).length, fix.title).toBeLessThan(found.length)
    }
    if (fixes.length === 0) expect([...unrepairable, 'missing', 'unknown-key', 'unknown-value']).toContain(code)
  })

  test('and each code that it is told is explained in the documentation', () => {
    const documented = new Set(codes.map(one => one.code))
    const told = wrong.flatMap(([, text]) => codesOf(text))
    expect(told.filter(code => !documented.has(code))).toEqual([])
  })

  test('with line and character', () => {
    expect(problemsOf('{\n  "dataset": "emoji",\r\n  "epochs": 0\n}')).toMatchObject([
      { code: 'out-of-range', severity: 'error', start: { line: 2, character: 12 }, end: { line: 2, character: 13 } },
    ])
  })

  test('with every problem, in the order of the text', () => {
    expect(codesOf('{ "dataset": "emojis", "loss": { "margin": 0, "distance": "l2" }, "mining": "hard" }')).toEqual([
      'unknown-value',
      'margin-not-positive',
      'unknown-value',
      'unknown-value',
    ])
  })

  test('and a good one of nothing', () => {
    expect(
      problemsOf(`{ ${emoji}, "loss": { "margin": 0.5 }, "mining": "semi-hard", "clipNorm": 1 }`).map(p => p.code),
    ).toEqual(['unknown-key'])
    expect(problemsOf(`{ ${emoji}, "optimizer": { "clipNorm": null }, "stepsPerEpoch": null, }`)).toEqual([])
  })
})
