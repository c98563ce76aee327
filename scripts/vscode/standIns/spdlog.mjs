// Stands in for the native package @vscode/spdlog, which would have to be compiled: same interface, plain appends.
// Without it VS Code's server writes no log and every output channel stays empty.
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical']
let defaultLevel = LEVELS.indexOf('info')
/** @type {Set<Logger>} */
const loggers = new Set()

export class Logger {
  level = defaultLevel
  decorated = true

  /**
   * @param {string} _kind
   * @param {string} _name
   * @param {string} file
   */
  constructor(_kind, _name, file) {
    this.file = file
    mkdirSync(dirname(file), { recursive: true })
    this.append('') // an output channel opens the file, so it has to be there before the first line
    loggers.add(this)
  }

  /** @param {string} text */
  append(text) {
    try {
      appendFileSync(this.file, text)
    } catch {
      // The folder went away: the window is gone, and so is whoever would read this.
    }
  }

  /** @param {number} level @param {string} message */
  write(level, message) {
    if (level < this.level) return
    const stamp = new Date().toISOString().replace('T', ' ').replace('Z', '')
    this.append(this.decorated ? `${stamp} [${LEVELS[level]}] ${message}\n` : message)
  }

  /** @param {string} message */ trace(message) {
    this.write(0, message)
  }
  /** @param {string} message */ debug(message) {
    this.write(1, message)
  }
  /** @param {string} message */ info(message) {
    this.write(2, message)
  }
  /** @param {string} message */ warn(message) {
    this.write(3, message)
  }
  /** @param {string} message */ error(message) {
    this.write(4, message)
  }
  /** @param {string} message */ critical(message) {
    this.write(5, message)
  }

  getLevel() {
    return this.level
  }
  /** @param {number} level */
  setLevel(level) {
    this.level = level
  }
  setPattern() {
    this.decorated = true
  }
  clearFormatters() {
    this.decorated = false
  }
  flush() {} // appends are not buffered
  drop() {
    loggers.delete(this)
  }
}

/** @param {string} name @param {string} file */
export const createRotatingLogger = async (name, file) => new Logger('rotating', name, file)
export const createAsyncRotatingLogger = createRotatingLogger
export const version = 11100
export const setFlushOn = () => {}
export const shutdown = () => loggers.clear()

/** @param {number} level */
export function setLevel(level) {
  defaultLevel = level
  for (const logger of loggers) logger.level = level
}
