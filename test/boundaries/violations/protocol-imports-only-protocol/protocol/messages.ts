import type { Row } from '../server/rows.ts'

export type Message = { readonly row: Row }
