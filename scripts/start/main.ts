/**
 * `npm start`: opens an editor on examples/ with this extension and trains the emoji example, whose progress the
 * terminal shows as well.
 *
 *   npm start                   the desktop VS Code if there is one, else one in the browser
 *   npm start -- --browser      the one in the browser
 *   npm start -- --no-editor    only train; ends with the trainer's exit status
 */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mustRun, plainEnvironment } from '../process.ts'
import { serveVsCode, type VsCodeServer } from '../vscode/serve.ts'
import { openDesktop } from './desktop.ts'

const project = resolve(import.meta.dirname, '../..')
const examples = join(project, 'examples')
const experiment = join(examples, 'emoji.triplet.json')

const { values } = parseArgs({
  options: { editor: { type: 'boolean', default: true }, browser: { type: 'boolean', default: false } },
  allowNegative: true,
})

await mustRun(process.execPath, ['esbuild.mjs'], { cwd: project })
const served = values.editor && (values.browser || !(await openDesktop(project, examples, experiment)))
const editor = served ? await openInBrowser() : undefined
const stop = stopped()
const trainer = train()
const status = await Promise.race([trainer.ended, stop])
if (status === 'stopped') await trainer.end()
else if (editor) {
  console.log(`VS Code is still at ${editor.address({ folder: examples, file: experiment })}\nPress Ctrl-C to stop it.`)
  await stop
}
await editor?.stop()
// Whoever watched an editor and stopped it got what they wanted; whoever only trained wants to know how that ended.
process.exit(status === 'stopped' && values.editor ? 0 : await trainer.ended)

/** Serves VS Code and says where. Training goes on without it when it cannot be had. */
async function openInBrowser(): Promise<VsCodeServer | undefined> {
  try {
    const home = join(project, 'node_modules', '.cache', 'triplet-lab', 'editor')
    const server = await serveVsCode({ home, extension: project, say: console.log })
    console.log(`VS Code with Triplet Lab: ${server.address({ folder: examples, file: experiment })}`)
    console.log('Press "live panel" above the first line there to watch the run that starts now.\n')
    return server
  } catch (error) {
    console.error(
      `VS Code in the browser could not be started: ${error instanceof Error ? error.message : String(error)}`,
    )
    console.error('Training goes on without it.')
    return undefined
  }
}

interface Trainer {
  /** The exit status. */
  readonly ended: Promise<number>
  /** Asks it to stop, and waits until it has. */
  end(): Promise<void>
}

/** Trains with the command line, which draws its own progress. */
function train(): Trainer {
  const args = [join(project, 'dist', 'cli.cjs'), 'train', experiment]
  const child = spawn(process.execPath, args, { cwd: examples, stdio: 'inherit', env: plainEnvironment() })
  const ended = new Promise<number>(resolve => {
    child.once('error', error => {
      console.error(error.message)
      resolve(1)
    })
    child.once('exit', code => resolve(code ?? 1))
  })
  return {
    ended,
    async end() {
      // Ctrl-C in a terminal has reached it already; a second request means: do not wait for the batch.
      const slow = setTimeout(() => child.kill('SIGINT'), 5000)
      await ended
      clearTimeout(slow)
    },
  }
}

/** Resolves when the person, or the system, asks to stop. */
function stopped(): Promise<'stopped'> {
  return new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done('stopped'))
  })
}
