/** What can be wrong with data that people bring. */
export type DatasetErrorCode =
  /** A file, folder or package that is not there. */
  | 'missing'
  /** There, but broken: truncated, not of the format its name says, or not allowed to be read. */
  | 'unreadable'
  /** Readable, but holds no pictures or only one class. */
  | 'empty'
  /** Readable, but of a kind that no reader here knows, or of a size that nobody means. */
  | 'unsupported'
  /** Needs an optional package that is not installed or does not load on this machine. */
  | 'needs-package'

/**
 * A dataset that cannot be opened, for a reason outside the program: the message is for people, names the file and says
 * what to do. Everything else that a reader throws is a bug.
 */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode
  /** The file or folder in question, as given. */
  readonly path: string

  constructor(code: DatasetErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.path = path
  }
}

/** `ENOENT` and its like, or `null` when `error` is not an error of the operating system. */
export function systemErrorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
