/** Where the package that decodes pictures may come from: seen in a process whose own installation has none. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../store/helpers.ts'

const datasets = resolve(import.meta.dirname, '../../../server/training/datasets')
const packages = resolve(import.meta.dirname, '../../../node_modules')

test('a package of the workspace runs only where the workspace is trusted', () => {
  const folder = temporaryFolder()
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  put('installed/package.json', '{ "type": "module" }')
  for (const file of ['loadSharp.ts', 'datasetError.ts'])
    copyFileSync(join(datasets, file), join(folder, 'installed', file))
  mkdirSync(join(folder, 'installed/node_modules/@vscode'), { recursive: true })
  symlinkSync(join(packages, '@vscode/l10n'), join(folder, 'installed/node_modules/@vscode/l10n'))
  const marker = join(folder, 'ran')
  put('workspace/node_modules/sharp/package.json', '{ "name": "sharp", "main": "index.js" }')
  put(
    'workspace/node_modules/sharp/index.js',
    `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); module.exports = () => 'theirs'`,
  )
  const load = (workspace: string | null) => {
    const script = `
      import { loadSharp } from './loadSharp.ts'
      try { console.log(loadSharp('a.png', ${JSON.stringify(workspace)})()) } catch (error) { console.log(error.message) }
    `
    put('installed/run.mjs', script)
    return execFileSync(process.execPath, ['run.mjs'], { cwd: join(folder, 'installed'), encoding: 'utf8' }).trim()
  }
  expect(load(null)).toMatch(/a\.png needs the package sharp.*Trust this one/)
  expect(existsSync(marker)).toBe(false)
  expect(load(join(folder, 'workspace'))).toBe('theirs')
  expect(existsSync(marker)).toBe(true)
})
