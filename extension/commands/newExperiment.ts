/** Writes a first experiment file: the emoji example, or one for the reader's own pictures. Never overwrites. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'

/** The first workspace folder, or a word about why there is none. */
function folder(): vscode.WorkspaceFolder | undefined {
  const first = vscode.workspace.workspaceFolders?.[0]
  if (first === undefined)
    void vscode.window.showInformationMessage(
      l10n.t('Open a folder first: experiments and their results are kept in it.'),
    )
  return first
}

export async function tryEmojiExample(extension: vscode.Uri): Promise<void> {
  const root = folder()
  if (root === undefined) return
  const target = vscode.Uri.joinPath(root.uri, 'emoji.triplet.json')
  if (!(await exists(target)))
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(extension, 'examples', 'emoji.triplet.json'), target)
  await vscode.window.showTextDocument(target, { preview: false })
}

export async function newExperiment(): Promise<void> {
  const root = folder()
  if (root === undefined) return
  const dataset = await pickDataset(root)
  if (dataset === undefined) return
  const target = await freeName(root.uri, dataset.name)
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(template(dataset.json)))
  await vscode.window.showTextDocument(target, { preview: false })
}

interface DatasetChoice {
  readonly name: string
  readonly json: string
}

async function pickDataset(root: vscode.WorkspaceFolder): Promise<DatasetChoice | undefined> {
  const own = {
    label: l10n.t('My own images'),
    description: l10n.t('a folder with one folder for each class'),
    choose: () => pickFolder(root),
  }
  const named = (label: string, name: string, description: string) => ({
    label,
    description,
    choose: () => Promise.resolve({ name, json: JSON.stringify({ name }) }),
  })
  const picked = await vscode.window.showQuickPick(
    [
      own,
      named('Emoji', 'emoji', l10n.t('built in, small, a good first try')),
      named('MNIST', 'mnist', l10n.t('built in, handwritten digits')),
    ],
    { title: l10n.t('Which pictures should the network learn?') },
  )
  return picked?.choose()
}

async function pickFolder(root: vscode.WorkspaceFolder): Promise<DatasetChoice | undefined> {
  const answer = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: root.uri,
    openLabel: l10n.t('Use This Folder'),
    title: l10n.t('A folder with one folder for each class'),
  })
  const picked = answer?.at(0)
  if (picked === undefined) return undefined
  const inside = picked.path.startsWith(`${root.uri.path}/`)
  const path = inside ? `./${picked.path.slice(root.uri.path.length + 1)}` : picked.fsPath
  const name = picked.path.slice(picked.path.lastIndexOf('/') + 1).replace(/[^\w-]+/g, '-')
  return { name: name === '' ? 'experiment' : name, json: JSON.stringify({ folder: path }) }
}

/** Small on purpose: what is not written has a default, and completion offers the rest. */
function template(dataset: string): string {
  return `{
  // ${l10n.t('Start with the button above, or with "Triplet Lab: Start Triplet Training".')}
  "dataset": ${dataset.replace(/^\{"/, '{ "').replace('":', '": ').replace(/\}$/, ' }')},
  "model": { "architecture": "conv", "embeddingSize": 64 },
  "loss": { "margin": 0.2 },
  "mining": { "strategy": "semi-hard" },
  "epochs": 10
}
`
}

async function freeName(root: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let attempt = 1; ; attempt++) {
    const uri = vscode.Uri.joinPath(root, `${name}${attempt === 1 ? '' : `-${attempt}`}.triplet.json`)
    if (!(await exists(uri))) return uri
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri)
    return true
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false
    throw error
  }
}
