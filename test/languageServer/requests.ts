/** Every request that an editor sends about a file, at any place in it. */
import {
  CodeActionRequest,
  CodeLensRequest,
  CompletionRequest,
  DefinitionRequest,
  DocumentDiagnosticRequest,
  DocumentFormattingRequest,
  DocumentLinkRequest,
  DocumentRangeFormattingRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  InlayHintRequest,
  PrepareRenameRequest,
  RenameRequest,
  SelectionRangeRequest,
  SemanticTokensRequest,
  type Position,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node'
import { describeExperiment } from '../../protocol/requests.ts'

export type Ask = (connection: ProtocolConnection, uri: string, position: Position, lines: number) => Promise<unknown>

export const asks: Readonly<Record<string, Ask>> = {
  diagnostics: (connection, uri) => connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } }),
  hover: (connection, uri, position) => connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position }),
  completion: (connection, uri, position) =>
    connection.sendRequest(CompletionRequest.type, { textDocument: { uri }, position }),
  'code lenses': (connection, uri) => connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } }),
  'inlay hints': (connection, uri, _, lines) =>
    connection.sendRequest(InlayHintRequest.type, {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } },
    }),
  'code actions': (connection, uri, position) =>
    connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    }),
  outline: (connection, uri) => connection.sendRequest(DocumentSymbolRequest.type, { textDocument: { uri } }),
  folding: (connection, uri) => connection.sendRequest(FoldingRangeRequest.type, { textDocument: { uri } }),
  selection: (connection, uri, position) =>
    connection.sendRequest(SelectionRangeRequest.type, { textDocument: { uri }, positions: [position] }),
  links: (connection, uri) => connection.sendRequest(DocumentLinkRequest.type, { textDocument: { uri } }),
  formatting: (connection, uri) =>
    connection.sendRequest(DocumentFormattingRequest.type, {
      textDocument: { uri },
      options: { tabSize: 2, insertSpaces: true },
    }),
  'range formatting': (connection, uri, position) =>
    connection.sendRequest(DocumentRangeFormattingRequest.type, {
      textDocument: { uri },
      range: { start: position, end: position },
      options: { tabSize: 2, insertSpaces: true },
    }),
  'semantic tokens': (connection, uri) => connection.sendRequest(SemanticTokensRequest.type, { textDocument: { uri } }),
  definition: (connection, uri, position) =>
    connection.sendRequest(DefinitionRequest.type, { textDocument: { uri }, position }),
  'prepare rename': (connection, uri, position) =>
    connection.sendRequest(PrepareRenameRequest.type, { textDocument: { uri }, position }),
  rename: (connection, uri, position) =>
    connection.sendRequest(RenameRequest.type, { textDocument: { uri }, position, newName: 'another' }),
  status: (connection, uri) => connection.sendRequest(describeExperiment.method, { uri }),
}
