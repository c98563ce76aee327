// Builds the WebAssembly kernels of the ONNX engine: `node scripts/kernels/build.mjs [folder for the .wasm files]`.
// Two files from one source: for memory that threads share, and for memory that they do not.
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

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../../server/training/engines/onnx/kernels')

/** @param {string} name @param {boolean} shared @returns {Promise<Uint8Array>} */
export async function compileKernels(name, shared) {
  let binary = new Uint8Array()
  const memory = shared ? ['--sharedMemory', '--enable', 'threads'] : ['--disable', 'threads']
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--baseDir', source, '--outFile', name],
      ...['-O3', '--noAssert', '--converge', '--runtime', 'stub', '--enable', 'simd'],
      ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536', ...memory],
    ],
    { writeFile: (_, contents) => void (binary = Uint8Array.from(/** @type {Uint8Array} */ (contents))) },
  )
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  return binary
}

/** @type {readonly (readonly [string, boolean])[]} */
export const kernelFiles = [
  ['kernels.wasm', false],
  ['kernels-shared.wasm', true],
]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2] ?? dirname(source)
  await mkdir(target, { recursive: true })
  for (const [name, shared] of kernelFiles) await writeFile(resolve(target, name), await compileKernels(name, shared))
}
