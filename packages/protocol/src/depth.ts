// How deep a JSON text is nested, found before it is parsed: parsing builds the value, and what handles the value
// later (JSON.stringify, a behaviour) may recurse into it.
//
// Three questions, each asked only if the one before could not answer. A publish of usual size ends at the first or
// second, which a native search answers in some nanoseconds.

/** True when valid JSON is nested deeper than `max`. Text that is not JSON may get either answer; parsing tells. */
export function isDeeper(text: string, max: number): boolean {
  // A level takes two characters at least, one that opens it and one that closes it.
  if (text.length <= 2 * max) return false
  return hasMoreOpeners(text, max) && scan(text, max)
}

/** Counts openers wherever they stand, those inside strings too: an upper bound of the depth. */
function hasMoreOpeners(text: string, max: number): boolean {
  let openers = 0
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) {
    if (++openers > max) return true
  }
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) {
    if (++openers > max) return true
  }
  return false
}

/** The exact answer, one character at a time. */
function scan(text: string, max: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (inString) {
      if (unit === backslash) at++
      else if (unit === quote) inString = false
    } else if (unit === quote) {
      inString = true
    } else if (unit === openBrace || unit === openBracket) {
      if (++depth > max) return true
    } else if (unit === closeBrace || unit === closeBracket) {
      depth--
    }
  }
  return false
}

const quote = 0x22
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
