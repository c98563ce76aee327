/** Notes edited in a box of one line, while the run's panel and other windows may write on the same run. */

/** A box of one line drops line breaks: what has any is not edited there. */
export function hasSeveralLines(notes: string): boolean {
  return /[\r\n]/.test(notes)
}

/**
 * What becomes of an edit.
 * @param began the notes that the box began with
 * @param stored the notes of the run at the time of the answer
 */
export function editOf(began: string, typed: string, stored: string): 'nothing' | 'write' | 'changedElsewhere' {
  if (typed === began || typed === stored) return 'nothing'
  return stored === began ? 'write' : 'changedElsewhere'
}
