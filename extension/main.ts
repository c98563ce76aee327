/**
 * Activation: every command, panel, task and document of the extension is answered for at once, by what is loaded right
 * after it, or with the first one that is asked for where that comes first. No window waits for code that nobody uses yet.
 */
import * as vscode from 'vscode'
import { commandPrefix, panelTypes, specScheme, taskType } from './ids.ts'
import type { Lab } from './lab.ts'

export function activate(context: vscode.ExtensionContext): void {
  let opened: Promise<Lab> | undefined
  const lab = () => (opened ??= import('./lab.ts').then(({ openLab }) => openLab(context)))
  context.subscriptions.push(
    ...commandsOf(context.extension.packageJSON).map(id =>
      vscode.commands.registerCommand(`${commandPrefix}${id}`, async (argument: unknown, selection: unknown) =>
        (await lab()).run(id, argument, selection),
      ),
    ),
    ...Object.values(panelTypes).map(type =>
      vscode.window.registerWebviewPanelSerializer(type, {
        deserializeWebviewPanel: async (panel, state) => (await lab()).restore(type, panel, state),
      }),
    ),
    vscode.tasks.registerTaskProvider(taskType, {
      provideTasks: async token => (await lab()).tasks.provideTasks(token),
      resolveTask: async (task, token) => (await lab()).tasks.resolveTask(task, token),
    }),
    vscode.workspace.registerTextDocumentContentProvider(specScheme, {
      provideTextDocumentContent: async (uri, token) => (await lab()).specs.provideTextDocumentContent(uri, token),
    }),
  )
  setImmediate(() => void lab())
}

/** Ids of the commands in the manifest, without their prefix. */
function commandsOf(manifest: unknown): string[] {
  const { contributes } = manifest as { contributes: { commands: { command: string }[] } }
  return contributes.commands.map(({ command }) => command.slice(commandPrefix.length))
}
