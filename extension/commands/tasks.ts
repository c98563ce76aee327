/** Tasks: checking and training experiment files in a terminal, as the command line does, with problems made clickable. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { experimentPattern } from '../experiments.ts'
import { taskType } from '../ids.ts'

/** As the manifest calls it. */
const matcher = '$triplet-lab'

const Definition = v.object({
  type: v.literal(taskType),
  command: v.picklist(['check', 'train', 'sweep']),
  /** Relative to the workspace folder; left out: all experiment files (`check` alone). */
  file: v.optional(v.string()),
})
type Definition = v.InferOutput<typeof Definition>

export class Tasks implements vscode.TaskProvider {
  readonly #cli: string

  constructor(extension: vscode.Uri) {
    this.#cli = vscode.Uri.joinPath(extension, 'dist', 'cli.cjs').fsPath
  }

  async provideTasks(): Promise<vscode.Task[]> {
    const files = await vscode.workspace.findFiles(experimentPattern, '**/node_modules/**', 50)
    const named = files
      .flatMap(uri => {
        const folder = vscode.workspace.getWorkspaceFolder(uri)
        return folder === undefined ? [] : [{ folder, file: pathIn(folder, uri) }]
      })
      .sort((a, b) => a.file.localeCompare(b.file))
    const folders = [...new Set(named.map(one => one.folder))]
    return [
      ...folders.map(folder => this.#task({ type: taskType, command: 'check' }, folder, allIn(named, folder))),
      ...named.flatMap(({ folder, file }) => [
        this.#task({ type: taskType, command: 'check', file }, folder, [file]),
        this.#task({ type: taskType, command: 'train', file }, folder, [file]),
      ]),
    ]
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const decoded = v.safeParse(Definition, task.definition)
    const folder = folderOf(task)
    if (!decoded.success || folder === undefined) return undefined
    const { command, file } = decoded.output
    if (file === undefined && command !== 'check') return undefined
    const files = file === undefined ? await allFiles(folder) : [file]
    // VS Code wants the definition that it gave, not one like it.
    return this.#task(decoded.output, folder, files, task.definition)
  }

  #task(
    definition: Definition,
    folder: vscode.WorkspaceFolder,
    files: readonly string[],
    given: vscode.TaskDefinition = definition,
  ): vscode.Task {
    const { command, file } = definition
    const name = file === undefined ? l10n.t('{0} all experiments', command) : `${command} ${file}`
    // The editor's own Node, which is hidden in its program on a desktop.
    const execution = new vscode.ProcessExecution(process.execPath, [this.#cli, command, ...files], {
      cwd: folder.uri.fsPath,
      env: { ELECTRON_RUN_AS_NODE: '1' },
    })
    const task = new vscode.Task(given, folder, name, 'Triplet Lab', execution, command === 'check' ? [matcher] : [])
    if (command === 'check') {
      task.group = vscode.TaskGroup.Test
      task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true }
    }
    return task
  }
}

function folderOf(task: vscode.Task): vscode.WorkspaceFolder | undefined {
  const { scope } = task
  return typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.at(0)
}

async function allFiles(folder: vscode.WorkspaceFolder): Promise<string[]> {
  const pattern = new vscode.RelativePattern(folder, experimentPattern)
  const found = await vscode.workspace.findFiles(pattern, '**/node_modules/**')
  return found.map(uri => pathIn(folder, uri)).sort()
}

function allIn(named: readonly { folder: vscode.WorkspaceFolder; file: string }[], folder: vscode.WorkspaceFolder) {
  return named.filter(one => one.folder === folder).map(one => one.file)
}

function pathIn(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  return uri.path.slice(folder.uri.path.length + 1)
}
