/** Says what a command of the manifest does, by its id without the prefix. */
export type Register = (id: string, run: (argument: unknown, selection?: unknown) => unknown) => void
