import type { Row } from '../server/rows.ts'

export const shown: Row[] = []
