/**
 * The page of a panel, in one piece: a strict content security policy, its style sheet, its script and its translations.
 * A page that has to ask for its parts asks the window, which asks the machine that the extension runs on: that takes
 * longer than to draw it.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as vscode from 'vscode'

/** Name of the bundle of a page in dist/webview. */
export type Entry = 'panel' | 'group' | 'compare' | 'sweep'

/** Folders that a panel may read. */
export function panelRoots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, 'dist', 'webview')]
}

/** Gives a panel its icon, its rights and its page. */
export function fillPanel(panel: vscode.WebviewPanel, extension: vscode.Uri, entry: Entry): void {
  panel.iconPath = {
    light: vscode.Uri.joinPath(extension, 'media', 'file-light.svg'),
    dark: vscode.Uri.joinPath(extension, 'media', 'file-dark.svg'),
  }
  panel.webview.options = { enableScripts: true, localResourceRoots: panelRoots(extension) }
  panel.webview.html = pageOf(panel.webview, extension, entry)
}

function pageOf(webview: vscode.Webview, extension: vscode.Uri, entry: Entry): string {
  const nonce = randomBytes(18).toString('base64')
  const fileOf = (name: string) => vscode.Uri.joinPath(extension, 'dist', 'webview', name)
  const read = (name: string) => textOf(fileOf(name).fsPath)
  const address = (name: string) => webview.asWebviewUri(fileOf(name)).toString(true)
  // Fonts lie beside the style sheet that names them.
  const icons = read('codicons.css').replaceAll(/url\((["']?)\.\/([^?"')]+)/g, (_, quote: string, name: string) => {
    return `url(${quote}${address(name)}`
  })
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
    // The page fetches its own worker and starts it from a blob: a webview allows no other way.
    `connect-src ${webview.cspSource}`,
    'worker-src blob:',
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="${escape(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="map-worker" content="${escape(address('mapWorker.js'))}">
<style nonce="${nonce}">${styles(read(`${entry}.css`))}</style>
<style nonce="${nonce}">${styles(icons)}</style>
<script type="application/json" id="translations">${jsonData(vscode.l10n.bundle ?? {})}</script>
<title>Triplet Lab</title>
</head>
<body>
<main id="root"></main>
<script type="module" nonce="${nonce}">${script(read(`${entry}.js`))}</script>
</body>
</html>`
}

const texts = new Map<string, string>()

/** Of a file that comes with the extension, read once. */
function textOf(path: string): string {
  const known = texts.get(path)
  if (known !== undefined) return known
  const text = readFileSync(path, 'utf8')
  texts.set(path, text)
  return text
}

/** A script that cannot end the element it stands in: what would is possible in strings only, where a backslash is nothing. */
const script = (code: string): string => code.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')

const styles = (sheet: string): string => sheet.replaceAll(/<(?=\/style)/gi, '\\3c ')

/** JSON that cannot end the element it stands in. */
function jsonData(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
