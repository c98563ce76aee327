/** The page of a panel, as the window gets it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { fillPanel } from '../../extension/panels/html.ts'
import { temporaryFolder } from '../store/helpers.ts'

interface FakeUri {
  readonly fsPath: string
}

vi.mock('vscode', () => ({
  Uri: { joinPath: ({ fsPath }: FakeUri, ...parts: string[]) => ({ fsPath: [fsPath, ...parts].join('/') }) },
  env: { language: 'zh-cn' },
  l10n: { bundle: { Loss: '损失 </script><b>' } },
}))

function pageWith(files: Readonly<Record<string, string>>): { html: string; options: unknown } {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'dist', 'webview'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'dist', 'webview', name), text)
  const webview = {
    html: '',
    options: {},
    cspSource: 'https://pages.example',
    asWebviewUri: ({ fsPath }: FakeUri) => ({
      toString: () => `https://pages.example/a&b/${fsPath.slice(folder.length + 1)}`,
    }),
  }
  fillPanel({ webview, iconPath: undefined } as never, { fsPath: folder } as never, 'panel')
  return webview
}

const files = {
  'panel.js': 'document.title = "</script><!--</SCRIPT>"',
  'panel.css': 'a::after { content: "</style>" }',
  'codicons.css': '@font-face { font-family: codicon; src: url("./codicon-X.ttf?hash") format("truetype") }',
}

test('is in one piece: nothing in its parts can end the element that they stand in', () => {
  const { html } = pageWith(files)
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html.match(/<\/script/gi)).toHaveLength(2)
  expect(html.match(/<\/style/gi)).toHaveLength(2)
  expect(html).not.toContain('<!--')
  const [, code = ''] = /<script type="module" nonce="[^"]+">([^]*?)<\/script>/.exec(html) ?? []
  const page = { title: '' }
  // What it says is still the same.
  runInNewContext(code, { document: page })
  expect(page.title).toBe('</script><!--</SCRIPT>')
  const [, data = ''] = /id="translations">([^]*?)<\/script>/.exec(html) ?? []
  expect(JSON.parse(data)).toEqual({ Loss: '损失 </script><b>' })
})

test('asks for the font of its icons and for its worker where the window serves them', () => {
  const { html } = pageWith(files)
  expect(html).toContain('src: url("https://pages.example/a&b/dist/webview/codicon-X.ttf?hash") format("truetype")')
  expect(html).toContain('<meta name="map-worker" content="https://pages.example/a&amp;b/dist/webview/mapWorker.js">')
})

test('lets nothing run and nothing be styled but by its own nonce, which is never the same', () => {
  const pages = [pageWith(files).html, pageWith(files).html]
  const nonces = pages.map(html => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
    const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(policy) ?? []
    expect(policy.split('; ').slice(0, 3)).toEqual([
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
    ])
    expect(policy).not.toContain('unsafe')
    expect([...html.matchAll(/<(?:style|script type="module")([^>]*)>/g)].map(([, rest]) => rest.trim())).toEqual(
      Array.from({ length: 3 }, () => `nonce="${nonce}"`),
    )
    return nonce
  })
  expect(new Set(nonces).size).toBe(2)
  expect(nonces[0].length).toBeGreaterThanOrEqual(24)
})
