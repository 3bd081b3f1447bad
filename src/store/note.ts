/** Bounds of what is kept of the attempts of one analysis: it may be refused for days. */
export const NOTES_KEPT = 20
export const LONGEST_NOTE = 2000
