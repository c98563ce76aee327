import { rows } from '../store/rows.ts'

export const hover = () => rows.join()
