/** Opens the desktop VS Code, where there is one to open. */
import { run } from '../process.ts'

/** Whether it was opened: not without a display, and not as root, which VS Code refuses. */
export async function openDesktop(extension: string, folder: string, file: string): Promise<boolean> {
  if (process.platform === 'linux') {
    if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return false
    if (process.getuid?.() === 0) return false
  }
  const args = ['--new-window', `--extensionDevelopmentPath=${extension}`, folder, file]
  // On Windows `code` is a batch file, which only a shell starts, and the shell splits at spaces.
  const windows = process.platform === 'win32'
  const { code } = await run('code', windows ? args.map(arg => `"${arg}"`) : args, { shell: windows })
  if (code === 0) console.log('Opened VS Code with Triplet Lab.')
  return code === 0
}
