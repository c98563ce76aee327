// Who may import whom. docs/architecture.md says why; test/boundaries/ checks these rules and that each of them bites.

/** A package by name, wherever it resolved to: its own folder, its types, or nowhere because it is optional. */
const packages = (/** @type {string[]} */ ...names) =>
  `(^|/node_modules/|^node_modules/)(@types/)?(${names.join('|')})(/|$)`
const builtins = (/** @type {string[]} */ ...names) => `^(node:)?(${names.join('|')})(/|$)`

/** What ships, as opposed to tests, scripts and benchmarks. */
const product = '^(extension|server|protocol|webview)/'

/** @type {(import('dependency-cruiser').IForbiddenRuleType & { name: string })[]} */
const forbidden = [
  {
    name: 'core-imports-only-core',
    comment: 'The core is arithmetic: it runs anywhere and can be tested with nothing else.',
    severity: 'error',
    from: { path: '^server/core/' },
    to: { pathNot: '^server/core/' },
  },
  {
    name: 'protocol-imports-only-protocol',
    comment: 'Both sides of a process border import it, so it may drag in neither of them.',
    severity: 'error',
    from: { path: '^protocol/' },
    to: { pathNot: ['^protocol/', packages('valibot', '@vscode/l10n')] },
  },
  {
    name: 'only-extension-imports-vscode',
    comment: 'Everything but the glue runs without an editor.',
    severity: 'error',
    from: { pathNot: '^extension/' },
    to: { path: packages('vscode', 'vscode-languageclient') },
  },
  {
    name: 'only-training-imports-engines',
    comment: 'TensorFlow.js, onnxruntime and sharp stay behind the borders of the engines and the datasets.',
    severity: 'error',
    from: { path: product, pathNot: '^server/training/' },
    to: { path: packages('@tensorflow/[^/]+', 'onnxruntime-[^/]+', 'sharp') },
  },
  {
    name: 'only-store-imports-sqlite',
    comment: 'The store is the only place that knows SQL.',
    severity: 'error',
    from: { path: product, pathNot: '^server/store/' },
    to: { path: builtins('sqlite') },
  },
  {
    name: 'only-webview-imports-charts',
    comment: 'Nothing outside the panels draws.',
    severity: 'error',
    from: { path: product, pathNot: '^webview/' },
    to: { path: packages('chart\\.js', 'chartjs-[^/]+') },
  },
  {
    name: 'pages-load-no-umap',
    comment: 'Maps are computed in a worker: a page that comes up would load a quarter more for them.',
    severity: 'error',
    from: { path: '^webview/', pathNot: '^webview/embedding/(umapLayout|mapWorker)\\.ts$' },
    to: { path: [packages('umap-js'), '^webview/embedding/umapLayout\\.ts$'] },
  },
  {
    name: 'webview-imports-only-protocol',
    comment: 'A panel lives in a browser and gets its data through messages alone.',
    severity: 'error',
    from: { path: '^webview/' },
    to: { path: ['^(extension|server)/'] },
  },
  {
    name: 'webview-imports-no-node',
    comment: 'A panel lives in a browser.',
    severity: 'error',
    from: { path: '^webview/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'extension-imports-no-server',
    comment: 'The extension talks to the language server; it never reaches into it.',
    severity: 'error',
    from: { path: '^extension/' },
    to: { path: '^server/' },
  },
  {
    name: 'server-imports-no-extension',
    comment: 'The servers know nothing of the editor.',
    severity: 'error',
    from: { path: '^server/' },
    to: { path: '^(extension|webview)/' },
  },
  {
    name: 'engines-know-no-triplets',
    comment: 'An engine turns pictures into embeddings; miners and losses stand outside it.',
    severity: 'error',
    from: { path: '^server/training/engines/' },
    to: { path: '^server/core/(miners|loss|metrics|samplers|triplets|objective|difficulty)' },
  },
  {
    name: 'language-is-pure',
    comment: 'Language features are functions of a document: no connection, no file system, no store.',
    severity: 'error',
    from: { path: '^server/language/' },
    to: {
      path: [
        '^server/(store|queues|training)/',
        '^server/[^/]+\\.ts$',
        builtins('fs', 'net', 'http', 'https', 'sqlite', 'child_process', 'worker_threads'),
        packages('vscode-languageserver', 'vscode-jsonrpc'),
      ],
    },
  },
  {
    name: 'processes-start-in-one-place',
    comment: 'Child processes are started by the launcher alone.',
    severity: 'error',
    from: { path: product, pathNot: '^server/launch\\.ts$' },
    to: { path: builtins('child_process', 'cluster') },
  },
  {
    name: 'no-cycles',
    comment: 'A module can be read, and tested, before those that use it.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'nothing-unresolved',
    comment: 'An import that resolves to nothing escapes the rules above. Native packages are optional.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: packages('@tensorflow/tfjs-node(-gpu)?', 'onnxruntime-node', 'sharp') },
  },
]

/** @type {import('dependency-cruiser').ICruiseOptions} */
const options = {
  doNotFollow: { path: 'node_modules' },
  // `import type` binds modules as much as any other import.
  tsPreCompilationDeps: true,
  moduleSystems: ['es6', 'cjs', 'tsd'],
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'require', 'node', 'types', 'default'],
    extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
  },
}

export default { forbidden, options }
