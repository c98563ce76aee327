// Stands in for the native package @vscode/native-watchdog, which would have to be compiled: an extension host ends
// soon after its parent process did.

/** @param {number} parent the process to watch */
export function start(parent) {
  setInterval(() => {
    try {
      process.kill(parent, 0)
    } catch {
      process.exit(87)
    }
  }, 2000).unref()
}

/** @param {number} code */
export const exit = code => process.exit(code)
