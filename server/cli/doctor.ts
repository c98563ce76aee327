import * as l10n from '@vscode/l10n'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { cacheFolder } from '../cacheFolder.ts'
import { chooseNode, probeInProcess } from '../launch.ts'
import { exitDone, exitFailed, printJson, say } from './output.ts'

/** `triplet-lab doctor`: every engine is tried, each in a process of its own. */
export async function doctor(options: { readonly json?: true }): Promise<void> {
  const cores = availableParallelism()
  const processor = cpus()[0]?.model.trim() ?? ''
  const node = await chooseNode()
  if (!options.json) {
    const memory = (totalmem() / 2 ** 30).toFixed(1)
    say(l10n.t('{0} {1}, {2}, {3} cores, {4} GiB', process.platform, process.arch, processor, cores, memory))
    say('message' in node ? node.message : l10n.t('Training runs on {0}', node.path))
    say(l10n.t('Trying the engines on a small convolutional network …'))
  }
  // Only here: the engines are most of the program.
  const { describeEngines, tryEngines } = await import('../training/engines/tryEngines.ts')
  const choice = await tryEngines({ tryInProcess: probeInProcess, cacheFolder: cacheFolder() })
  if (options.json)
    printJson({
      node: {
        version: process.versions.node,
        ...('message' in node ? { problem: node.message } : { path: node.path }),
      },
      platform: `${process.platform} ${process.arch}`,
      processor,
      cores,
      memoryBytes: totalmem(),
      engine: choice.engine,
      engines: choice.trials,
    })
  else for (const line of describeEngines(choice)) process.stdout.write(`${line}\n`)
  process.exitCode = choice.engine === null || 'message' in node ? exitFailed : exitDone
}
