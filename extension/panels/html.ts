/** The page of a panel: a strict content security policy, its own style sheets and one script, and its translations as data. */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'

/** Folders that a panel may read. */
export function panelRoots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, 'dist', 'webview')]
}

/**
 * @param entry name of the bundle in dist/webview, and of the element that it defines with `-view` behind it
 * @param data what the page starts from; read by the page from its data block, decoded there
 */
export function panelHtml(webview: vscode.Webview, extension: vscode.Uri, entry: string): string {
  const nonce = randomBytes(18).toString('base64')
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', name)).toString(true)
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
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
<link rel="stylesheet" href="${escape(file(`${entry}.css`))}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${escape(file('codicons.css'))}">
<script type="application/json" id="translations">${jsonData(vscode.l10n.bundle ?? {})}</script>
<title>Triplet Lab</title>
</head>
<body>
<main id="root"></main>
<script type="module" nonce="${nonce}" src="${escape(file(`${entry}.js`))}"></script>
</body>
</html>`
}

/** JSON that cannot end the element it stands in. */
function jsonData(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
