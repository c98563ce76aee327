import { readFileSync } from 'node:fs'

export const shown = readFileSync('run.json', 'utf8')
