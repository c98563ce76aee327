/** The language server: one process per window. It answers questions about files and runs; it never trains. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node'
import { serve } from './languageServer/serve.ts'

serve(createConnection(ProposedFeatures.all))
