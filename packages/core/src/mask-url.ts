// Passwords inside URLs, as errors of drivers and clients quote them. They must reach no end, no tombstone and no dump.

/** What stands where a secret stood. */
export const redacted = '[redacted]'

/** A URL without its password; any other text as it is. */
export function maskUrl(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/gi, `$1${redacted}@`)
}
