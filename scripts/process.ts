/** Child processes of the scripts: started, watched and ended in one way. */
import { spawn, type SpawnOptions } from 'node:child_process'

export interface Finished {
  readonly code: number
  readonly output: string
}

/**
 * npm marks the environment of its scripts with the project that it runs for; an npm started from such a script for
 * another folder must not see that.
 */
export function plainEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const marks = /^(npm_config_(local_)?prefix|npm_package_|npm_lifecycle_|npm_command$|INIT_CWD$)/
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !marks.test(name))), ...extra }
}

/** Runs a program to its end and keeps what it printed. Never rejects: a program that is not there ends with code 127. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise(resolve => {
    const child = spawn(command, args, { env: plainEnvironment(), ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', error => resolve({ code: 127, output: error.message }))
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })
}

/** Like {@link run}, but a failure throws, with the last lines of what was printed. */
export async function mustRun(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const { code, output } = await run(command, args, options)
  if (code === 0) return output
  throw new Error(
    `${command} ${args.join(' ')} ended with ${code}:\n${output.trim().split('\n').slice(-15).join('\n')}`,
  )
}

/** npm, run by this very Node where npm told us its own path, so that it works the same on every system. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const own = process.env['npm_execpath']
  if (own?.endsWith('npm-cli.js')) return mustRun(process.execPath, [own, ...args], { cwd })
  return mustRun('npm', args, { cwd, shell: process.platform === 'win32' })
}
