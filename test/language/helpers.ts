/** Files with a cursor in them: `|` marks the position, `«…»` a selection. */
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { CodeAction, Position, Range, TextEdit } from 'vscode-languageserver-types'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { DatasetState } from '../../server/experiment/context.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment } from '../../server/experiment/resolve.ts'
import type { LanguageContext } from '../../server/language/context.ts'
import { readDocument, type ExperimentDocument } from '../../server/language/document.ts'
import { engineIds } from '../../server/catalog/engines.ts'
import { networkState } from '../../server/networkState.ts'
import { context as mnistOnly } from '../experiment/helpers.ts'

export const uri = 'file:///lab/a.triplet.json'

const emoji: DatasetState = {
  kind: 'known',
  classes: 1180,
  images: 7552,
  smallestClass: 6,
  largestClass: 8,
  shape: { height: 32, width: 32, channels: 3 },
  hasGivenSplit: false,
  givenTraining: null,
}

export const context: LanguageContext = {
  experiment: {
    folder: '/lab',
    network: networkState,
    engines: engineIds,
    dataset: spec => (spec.kind === 'emoji' ? emoji : mnistOnly.dataset?.(spec)),
  },
  runs: [],
  resolve: path => `file:///lab/${path}`,
  list: folder =>
    Promise.resolve(
      folder === '.' || folder === './'
        ? [
            { name: 'faces', isFolder: true },
            { name: 'notes.txt', isFolder: false },
          ]
        : [{ name: 'ann', isFolder: true }],
    ),
}

export function open(text: string): ExperimentDocument {
  return readDocument(TextDocument.create(uri, 'triplet', 1, text))
}

/** The file without its mark, and where the mark was. */
export function cursor(marked: string): { document: ExperimentDocument; position: Position } {
  const offset = marked.indexOf('|')
  if (offset < 0) throw new Error('There is no | in the text.')
  const document = open(marked.slice(0, offset) + marked.slice(offset + 1))
  return { document, position: document.text.positionAt(offset) }
}

export function underlined({ text }: ExperimentDocument, range: Range | undefined): string {
  return range === undefined ? '' : text.getText(range)
}

export function applied({ text }: ExperimentDocument, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(text, [...edits])
}

export function appliedAction(document: ExperimentDocument, action: CodeAction | undefined): string {
  return applied(document, action?.edit?.changes?.[uri] ?? [])
}

/** Runs as a file asks for them, each with the MAP@R that it reached; newest first, as the store gives them. */
export function runsOf(text: string, reached: readonly (number | null)[], more: Partial<RunRow> = {}): RunRow[] {
  const resolution = resolveExperiment(parseExperiment(text).tree, context.experiment)
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  return resolution.specs
    .map(({ spec, name }, i): RunRow => {
      const value = reached[i] ?? null
      const at = (one: number) => ({ last: one, lastStep: 9, min: one, minStep: 9, max: one, maxStep: 9 })
      return {
        id: i + 1,
        name,
        experiment: 'a.triplet.json',
        sweepId: null,
        status: 'done',
        wish: 'run',
        attempt: 1,
        spec,
        engine: 'onnx-cpu',
        created: i,
        started: i,
        ended: i,
        epoch: spec.epochs,
        epochs: spec.epochs,
        step: 9,
        steps: 9,
        message: null,
        summaries: value === null ? {} : { 'test/mapAtR': at(value), imagesPerSecond: at(1_000) },
        ...more,
      } as RunRow
    })
    .reverse()
}
