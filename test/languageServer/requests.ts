/** Every request that an editor sends about a file, at any place in it. */
import {
  CodeActionRequest,
  CodeLensRequest,
  CompletionRequest,
  DocumentDiagnosticRequest,
  DocumentFormattingRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  InlayHintRequest,
  SelectionRangeRequest,
  type Position,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node'

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
}
