/** What is only JSON: completion from the schema, formatting, folding, selection. Done by vscode-json-languageservice. */
import { getLanguageService, type LanguageService } from 'vscode-json-languageservice'
import { experimentSchema, schemaUri } from './schema.ts'

let service: LanguageService | null = null

/** Made at the first use, when the language is configured. */
export function jsonService(): LanguageService {
  if (service !== null) return service
  service = getLanguageService({
    clientCapabilities: { textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } } },
  })
  service.configure({
    validate: false,
    allowComments: true,
    schemas: [{ uri: schemaUri, fileMatch: ['*'], schema: experimentSchema() }],
  })
  return service
}
