/** The workspace that screenshots show: the examples, and runs of them that were really trained. */
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../process.ts'
import { exists, project } from './studio.ts'

const digits = `// Handwritten digits: ten classes, a small network.
{
  "dataset": { "name": "mnist" },
  "split": { "by": "given" },
  "model": { "architecture": "mlp", "embeddingSize": 32 },
  "loss": { "margin": 0.2 },
  "mining": "semi-hard",
  "batch": { "classes": 10, "samplesPerClass": 12 },
  "epochs": 6,
  "seed": 1
}
`

/** Trained in this order, so that the newest stands on top of the sidebar. */
const lessons = [
  ['emoji.triplet.json', '--epochs', '6'],
  ['batch-hard-collapses.triplet.json', '--epochs', '1'],
  ['digits.triplet.json'],
]

/**
 * Trains the runs the first time (some minutes), and keeps them for the next.
 * @param folder where the workspace is, or is to be
 */
export async function trainedWorkspace(folder: string): Promise<string> {
  const done = join(folder, '.trained')
  if (await exists(done)) return folder
  await mkdir(folder, { recursive: true })
  await cp(join(project, 'examples'), folder, { recursive: true, filter: source => !source.includes('.triplet-lab') })
  await writeFile(join(folder, 'digits.triplet.json'), digits)
  for (const lesson of lessons) {
    console.error(`Training ${lesson[0]}`)
    await mustRun(process.execPath, [join(project, 'dist', 'cli.cjs'), 'train', ...lesson], { cwd: folder })
  }
  await writeFile(done, '')
  return folder
}
