// Builds the WebAssembly kernels: `node scripts/kernels/build.mjs [folder for what is built, instead of its place]`.
// Those of the ONNX engine are two files from one source: for memory that threads share, and for memory that they do not.
// Those of the core stand in a module, as text, since the core reads no files.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The compiler, imported by a name that TypeScript does not follow: its declarations are AssemblyScript's own globals,
 * which would change what an Array is everywhere else.
 *
 * @typedef {{ error: Error | null, stderr: { toString(): string } }} Result
 * @typedef {{ writeFile(name: string, contents: Uint8Array | string): void }} Output
 * @type {{ main(options: string[], output: Output): Promise<Result> }}
 */
const asc = (await import(['assemblyscript', 'asc'].join('/'))).default

const server = resolve(dirname(fileURLToPath(import.meta.url)), '../../server')
const source = resolve(server, 'training/engines/onnx/kernels')
const coreSource = resolve(server, 'core/kernels')

/** @param {string} name @param {boolean} shared @returns {Promise<Uint8Array>} */
export const compileKernels = (name, shared) => compile('index.ts', source, name, shared)

/** @param {string} entry @param {string} source @param {string} name @param {boolean} shared @returns {Promise<Uint8Array>} */
async function compile(entry, source, name, shared) {
  let binary = new Uint8Array()
  const memory = shared ? ['--sharedMemory', '--enable', 'threads'] : ['--disable', 'threads']
  const { error, stderr } = await asc.main(
    [
      ...[entry, '--baseDir', source, '--outFile', name],
      ...['-O3', '--noAssert', '--converge', '--runtime', 'stub', '--enable', 'simd'],
      ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536', ...memory],
    ],
    { writeFile: (_, contents) => void (binary = Uint8Array.from(/** @type {Uint8Array} */ (contents))) },
  )
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  return binary
}

/** The name of the core's module. */
export const coreModule = 'difficultyKernel.wasm.ts'

/** @returns {Promise<string>} the text of the core's module */
export async function compileCoreKernel() {
  const binary = await compile('difficulty.ts', coreSource, 'difficulty.wasm', false)
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,108}/g) ?? []
  return `// Built by scripts/kernels/build.mjs from server/core/kernels/difficulty.ts.\n/** A WebAssembly module, in base64. */\nexport const binary =\n${lines.map(line => `  '${line}'`).join(' +\n')}\n`
}

/** @type {readonly (readonly [string, boolean])[]} */
export const kernelFiles = [
  ['kernels.wasm', false],
  ['kernels-shared.wasm', true],
]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2] ?? dirname(source)
  await mkdir(target, { recursive: true })
  await writeFile(resolve(process.argv[2] ?? dirname(coreSource), coreModule), await compileCoreKernel())
  for (const [name, shared] of kernelFiles) await writeFile(resolve(target, name), await compileKernels(name, shared))
}
