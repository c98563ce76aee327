/** In which forms runs leave Triplet Lab. */
import * as v from 'valibot'

export const ExportFormat = v.picklist(['jsonl', 'csv', 'points', 'tensorboard', 'mlflow', 'markdown', 'latex'])
export type ExportFormat = v.InferOutput<typeof ExportFormat>

/** The ending of a file; `null`: the form is a folder. */
export const exportEnding: Readonly<Record<ExportFormat, string | null>> = {
  jsonl: 'jsonl',
  csv: 'csv',
  points: 'csv',
  tensorboard: null,
  mlflow: null,
  markdown: 'md',
  latex: 'tex',
}
