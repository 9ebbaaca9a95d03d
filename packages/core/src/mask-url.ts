// Passwords inside URLs, as errors of drivers and clients quote them. They must reach no end, no tombstone and no dump.

/** What stands where a secret stood. */
export const redacted = '[redacted]'

/** A URL without its password; any other text as it is. */
export function maskUrl(text: string): string {
  // What is before `://` is looked at from there: from the start of each word, a long text would take its length squared.
  return text.replaceAll(/(?<=[a-z0-9+.-]:\/\/)[^/@\s]*@/gi, `${redacted}@`)
}
