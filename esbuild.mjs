// Bundles every process of Triplet Lab into dist/, or the folder in --out=. `node esbuild.mjs --watch` rebuilds on change.
import { build, context } from 'esbuild'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const watch = process.argv.includes('--watch')
const production = process.argv.includes('--production')
const out = process.argv.find(argument => argument.startsWith('--out='))?.slice('--out='.length) ?? 'dist'

/** Native packages are found at run time, or not at all: they are optional. */
const native = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'onnxruntime-node', 'sharp', 'vscode']

const shared = {
  bundle: true,
  sourcemap: production ? /** @type {const} */ (false) : /** @type {const} */ ('linked'),
  minify: production,
  logLevel: /** @type {const} */ ('warning'),
  legalComments: /** @type {const} */ ('none'),
}

/** Node processes are CommonJS, so that an optional native package is one `require` away; the sources stay ESM. */
const node = {
  ...shared,
  platform: /** @type {const} */ ('node'),
  format: /** @type {const} */ ('cjs'),
  target: 'node22',
  // Some packages have a UMD build as `main`, which cannot be bundled.
  mainFields: ['module', 'main'],
  external: native,
  outExtension: { '.js': '.cjs' },
  outdir: out,
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
}

/**
 * The extension is three files, so that nothing is parsed before it is needed: what is activated, what is loaded after
 * that, and the language client, half of all the code, which is loaded when the server is started.
 *
 * @type {import('esbuild').Plugin}
 */
const loadedLater = {
  name: 'loaded-later',
  setup({ onResolve }) {
    for (const { filter, path } of [
      { filter: /^\.\/lab\.ts$/, path: './lab.cjs' },
      { filter: /^vscode-languageclient\/node$/, path: './languageClient.cjs' },
    ])
      onResolve({ filter }, ({ kind }) => (kind === 'entry-point' ? null : { path, external: true }))
  },
}

/** What is started as a process of its own: server/NAME.ts becomes NAME.main.cjs, and NAME.cjs starts it. */
const programs = ['languageServer', 'trainingServer', 'trainer', 'cli']

/** Node keeps what it has compiled, so that the next start need not compile it again: that halves the time to load. */
const starter = (/** @type {string} */ name) => `#!/usr/bin/env node
require('node:module').enableCompileCache?.()
require('./${name}.main.cjs')
`

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: {
      extension: 'extension/main.ts',
      lab: 'extension/lab.ts',
      languageClient: 'vscode-languageclient/node',
    },
    plugins: [loadedLater],
    // Required, as all else: what an editor puts in the place of `vscode` is there for that alone.
    supported: { 'dynamic-import': false },
  },
  {
    ...node,
    entryPoints: {
      ...Object.fromEntries(programs.map(name => [`${name}.main`, `server/${name}.ts`])),
      onnxWorker: 'server/training/engines/onnx/worker.ts',
      inputWorker: 'server/training/inputWorker.ts',
      checkpointThread: 'server/training/checkpointThread.ts',
    },
  },
  {
    ...shared,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    outdir: `${out}/webview`,
    entryPoints: {
      panel: 'webview/panel/main.ts',
      compare: 'webview/compare/main.ts',
      group: 'webview/group/main.ts',
      mapWorker: 'webview/embedding/mapWorker.ts',
      sweep: 'webview/sweep/main.ts',
      codicons: 'webview/codicons.css',
    },
    loader: { '.svg': 'dataurl', '.ttf': 'file' },
  },
]

/** Files that are not bundled: those that start a bundle, and those that are read. */
async function writeOthers() {
  await mkdir(`${out}/wasm`, { recursive: true })
  for (const name of programs) await writeFile(`${out}/${name}.cjs`, starter(name), { mode: 0o755 })
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  for (const name of ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd'])
    await cp(`${wasm}/wasm-out/${name}.wasm`, `${out}/wasm/${name}.wasm`)
  for (const name of ['kernels', 'kernels-shared'])
    await cp(`server/training/engines/onnx/${name}.wasm`, `${out}/wasm/${name}.wasm`)
}

if (watch) {
  const contexts = await Promise.all(bundles.map(options => context(options)))
  await writeOthers()
  await Promise.all(contexts.map(one => one.watch()))
} else {
  await rm(out, { recursive: true, force: true })
  await Promise.all(bundles.map(options => build(options)))
  await writeOthers()
}
