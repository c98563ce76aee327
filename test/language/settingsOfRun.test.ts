import type { TextDocument } from 'vscode-languageserver-textdocument'
import { expect, test } from 'vitest'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import { readDocument } from '../../server/language/document.ts'
import { settingsOfRun } from '../../server/language/settingsOfRun.ts'
import { context, open, runsOf } from './helpers.ts'

const read = (text: TextDocument) => readDocument(text)

/** The file after it took the settings of the first run that another text asks for. */
function taking(text: string, from: string): string | null {
  const [run] = runsOf(from, [null]).slice(-1)
  return settingsOfRun(open(text), context, run.spec, read)
}

function specsOf(text: string) {
  const resolution = resolveExperiment(parseExperiment(text).tree, context.experiment)
  return resolution.kind === 'resolved' ? resolution.specs.map(one => one.spec) : resolution.problems
}

const plain =
  '{\n  "dataset": "emoji",\n  // as in the paper\n  "loss": { "margin": 0.2 },\n  "mining": "semi-hard",\n}\n'

test('only what differs is written, and comments stay', () => {
  const wanted = '{ "dataset": "emoji", "loss": { "margin": 0.5 }, "mining": "batch-hard", "seed": 4 }'
  const text = taking(plain, wanted)
  expect(text).toBe(
    '{\n  "dataset": "emoji",\n  // as in the paper\n  "loss": { "margin": 0.5 },\n  "mining": "batch-hard",\n  "seed": 4,\n}\n',
  )
  expect(specsOf(text ?? '')).toEqual(specsOf(wanted))
})

test('a file that asks for this already stays as it is', () => {
  expect(taking(plain, plain)).toBeNull()
})

test('a sweep becomes the run', () => {
  const sweep =
    '{ "dataset": "emoji", "loss": { "margin": { "values": [0.1, 0.2] } }, "optimizer": { "learningRate": { "min": 0.001, "max": 0.1 } }, "mining": { "values": ["semi-hard", "batch-hard"] }, "sweep": { "method": "random", "runCap": 3 } }'
  const wanted =
    '{ "dataset": "emoji", "loss": { "margin": 0.1 }, "optimizer": { "learningRate": 0.02 }, "mining": "batch-hard" }'
  const text = taking(sweep, wanted) ?? ''
  expect(text).not.toContain('sweep')
  expect(specsOf(text)).toEqual(specsOf(wanted))
})
