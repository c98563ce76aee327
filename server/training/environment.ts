/** What a run ran with and on. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { RunEnvironment } from '../../protocol/environment.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { Dataset, Split } from './datasets/dataset.ts'
import type { TrainEngine } from './engines/trainEngine.ts'

export function recordEnvironment(
  workspace: string,
  engine: TrainEngine,
  dataset: Dataset,
  split: Split,
): RunEnvironment {
  return {
    version: packageJson.version,
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? '',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gitCommit: gitCommit(workspace),
    libraries: { ...engine.versions },
    dataset: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      images: dataset.labels.length,
      classes: dataset.classNames.length,
      train: split.train.length,
      test: split.test.length,
      skipped: dataset.skipped.length,
    },
  }
}

/**
 * The commit that a folder stands at, read from `.git` without running git: HEAD, the branch it names, or that branch's
 * line in packed-refs. Worktrees, whose `.git` is a file that points elsewhere, too.
 *
 * @returns `null` outside of git and before the first commit
 */
export function gitCommit(folder: string): string | null {
  try {
    const git = gitFolder(resolve(folder))
    if (git === null) return null
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim()
    const branch = /^ref: (.+)$/.exec(head)?.[1]
    if (branch === undefined) return asCommit(head)
    const shared = join(git, 'commondir')
    const common = existsSync(shared) ? resolve(git, readFileSync(shared, 'utf8').trim()) : git
    const loose = join(common, branch)
    if (existsSync(loose)) return asCommit(readFileSync(loose, 'utf8').trim())
    const packed = readFileSync(join(common, 'packed-refs'), 'utf8')
    return asCommit(
      packed
        .split('\n')
        .find(line => line.endsWith(` ${branch}`))
        ?.slice(0, -branch.length - 1) ?? '',
    )
  } catch {
    // A repository that cannot be read is no reason not to train.
    return null
  }
}

function gitFolder(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git')
    if (existsSync(git)) {
      if (statSync(git).isDirectory()) return git
      const pointer = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]
      return pointer === undefined ? null : resolve(at, pointer.trim())
    }
    if (dirname(at) === at) return null
  }
}

const asCommit = (text: string) => (/^[0-9a-f]{40,64}$/.test(text) ? text : null)
