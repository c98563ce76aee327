/** Commands are called by lenses, menus, the palette and other extensions: what they pass is looked at before use. */
import * as v from 'valibot'
import * as vscode from 'vscode'

const RunArgument = v.union([
  v.number(),
  v.pipe(
    v.object({ kind: v.literal('run'), id: v.number() }),
    v.transform(node => node.id),
  ),
])

/** A run's number, or its line in the sidebar. */
export function runOf(argument: unknown): number | undefined {
  const decoded = v.safeParse(RunArgument, argument)
  return decoded.success ? decoded.output : undefined
}

/** Lines that a command was called on: those selected when the clicked one is among them, else the clicked one. */
export function runsOf(argument: unknown, selection: unknown): number[] | undefined {
  const selected = Array.isArray(selection) ? selection.flatMap(one => runOf(one) ?? []) : []
  const clicked = runOf(argument)
  if (clicked !== undefined) return selected.includes(clicked) ? selected : [clicked]
  return selected.length > 0 ? selected : undefined
}

export interface StartOptions {
  /** Varied alone, where the file has several. */
  readonly axis?: string
  /** The file asks for one run. */
  readonly isSingle?: boolean
}

/** What a lens says of the start that it offers, besides the file. */
export function startOptionsOf(argument: unknown): StartOptions {
  if (typeof argument === 'string') return { axis: argument }
  return { isSingle: v.is(v.object({ single: v.literal(true) }), argument) }
}

/** A file's address, as an object or as text. */
export function uriOf(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument
  if (typeof argument === 'string' && argument.includes(':')) return vscode.Uri.parse(argument, true)
  return undefined
}
