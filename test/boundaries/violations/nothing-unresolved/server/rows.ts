import { rows } from './rowz.ts'

export const all = rows
