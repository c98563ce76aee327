// `npm test`. Plain JavaScript with one question, so that an old Node gets an answer instead of a syntax error.
import './node24.mjs'
await import('./test/main.ts')
