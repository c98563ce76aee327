/**
 * `npm run package`: the .vsix for this system, with the native packages that make training fast.
 *
 *   npm run package -- --target win32-x64   for another system (its native packages come from the npm registry)
 *   npm run package -- --target universal   without native packages: trains on WebAssembly, everywhere
 */
import { parseArgs } from 'node:util'
import { host, isTarget, packageExtension, targets } from './vsix.ts'

const { values } = parseArgs({ options: { target: { type: 'string', default: host }, out: { type: 'string' } } })
if (!isTarget(values.target)) {
  console.error(`There is no target "${values.target}". Known: ${targets.join(', ')}.`)
  process.exit(2)
}
const { path, megabytes, natives } = await packageExtension(values.target, values.out)
console.log(
  `${path} (${megabytes.toFixed(1)} MB), with ${natives.length === 0 ? 'no native packages' : natives.join(', ')}.`,
)
