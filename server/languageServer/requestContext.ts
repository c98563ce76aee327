/** What the answers to requests are made from. */
import type * as v from 'valibot'
import type { Connection } from 'vscode-languageserver/node'
import type { RequestType } from '../../protocol/requests.ts'
import type { ExperimentContext } from '../experiment/context.ts'
import type { LanguageContext } from '../language/context.ts'
import type { ExperimentDocument } from '../language/document.ts'
import type { Documents } from './documents.ts'
import type { Workspace } from './workspace.ts'

export interface RequestContext {
  readonly connection: Connection
  readonly documents: Documents
  readonly workspace: Workspace
  readonly trusted: () => boolean
  /** What is known about the surroundings of a document; asking for it starts to find out more. */
  readonly experimentContext: (uri: string) => ExperimentContext
  /** What is known for the language features. */
  readonly languageContext: (document: ExperimentDocument) => LanguageContext
  /** Waits a little for what is just being found out. */
  readonly factsSettled: () => Promise<void>
}

/** Answers one kind of request: what comes in is decoded first. */
export type Answer = <P extends v.GenericSchema, R extends v.GenericSchema>(
  type: RequestType<P, R>,
  handle: (params: v.InferOutput<P>) => Promise<v.InferInput<R>> | v.InferInput<R>,
) => void
