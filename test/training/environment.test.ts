import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gitCommit } from '../../server/training/environment.ts'
import { temporaryFolder } from '../store/helpers.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'

function repository(head: string): string {
  const dir = temporaryFolder()
  mkdirSync(join(dir, '.git', 'refs', 'heads'), { recursive: true })
  writeFileSync(join(dir, '.git', 'HEAD'), head)
  return dir
}

it('reads the commit from a branch, from packed refs, and from a detached head, also in a folder below', () => {
  const loose = repository('ref: refs/heads/main\n')
  writeFileSync(join(loose, '.git', 'refs', 'heads', 'main'), `${commit}\n`)
  mkdirSync(join(loose, 'a', 'b'), { recursive: true })
  expect(gitCommit(join(loose, 'a', 'b'))).toBe(commit)

  const packed = repository('ref: refs/heads/topic/x\n')
  writeFileSync(
    join(packed, '.git', 'packed-refs'),
    `# pack-refs\n${'f'.repeat(40)} refs/heads/main\n${commit} refs/heads/topic/x\n`,
  )
  expect(gitCommit(packed)).toBe(commit)
  expect(gitCommit(repository(`${commit}\n`))).toBe(commit)
})

it('says null before the first commit, outside of git, and for what it does not understand', () => {
  expect(gitCommit(repository('ref: refs/heads/main\n'))).toBeNull()
  expect(gitCommit(temporaryFolder())).toBeNull()
  expect(gitCommit(repository('nonsense'))).toBeNull()
})

it('agrees with git about this repository, when there is git', () => {
  let told: string
  try {
    told = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  } catch {
    return
  }
  expect(gitCommit(import.meta.dirname)).toBe(told)
})
