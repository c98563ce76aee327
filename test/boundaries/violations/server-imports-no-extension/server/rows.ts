import { title } from '../extension/title.ts'

export const rows = [title]
