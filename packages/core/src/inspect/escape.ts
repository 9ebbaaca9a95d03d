// Words and lines of a dump's text that come from users' code: whatever they hold, the text stays readable line by line,
// and can be read back (read-text.ts). What is plain stands as it is; all else as a string in JSON.

import type { Scalar } from '../behavior.ts'
import { maskUrl } from '../mask-url.ts'

/** The beginning of a text that is too long. */
export function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

/** What somebody's code threw: anything can be, also what has no text. */
export function printThrown(thrown: unknown, longest: number): string {
  try {
    return shorten(maskUrl(String(thrown)), longest)
  } catch {
    return 'something that has no text'
  }
}

/** One word: `lobby`, `"two words"`. */
export function printWord(text: string, longest: number = longestWord): string {
  const word = shorten(text, longest)
  return plainWord.test(word) ? word : quote(word)
}

/** Some words in a row, none of which is one of `reserved`: `user 42`, `"mailbox 3"`. */
export function printWords(text: string, reserved: readonly string[]): string {
  const words = shorten(text, longestWord)
  const plain = words.split(' ').every((word) => plainWord.test(word) && !reserved.includes(word))
  return plain ? words : quote(words)
}

/** The rest of a line. */
export function printRest(text: string, longest: number = longestRest): string {
  const rest = shorten(text, longest)
  return plainRest.test(rest) && rest.trim() === rest ? rest : quote(rest)
}

/** A value that a behaviour tells of itself: `12`, `true`, `lobby`, `"12"`. */
export function printValue(value: Scalar): string {
  if (typeof value !== 'string') return String(value)
  return notText.test(value) ? quote(value) : printWord(value)
}

/** What reads as a value that is no string. */
export const notText: RegExp = /^(?:true|false|null|NaN|[-+]?(?:\.?\d.*|Infinity))$/

/** As JSON, with nothing in it that anybody could take for the end of a line. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const longestWord = 200
const longestRest = 1_000
/** No space, quote, comma or bracket. */
const plainWord = /^[\p{L}\p{N}_./:@#*+~$%&=?!<>|…-]+$/u
/** Nothing that ends a line, and no half of a character. */
const plainRest = /^[^"\p{Cc}\p{Cs}\u2028\u2029][^\p{Cc}\p{Cs}\u2028\u2029]*$/u
