// A frame from a client, decoded: one JSON object per line, each of them a command or a pong.
//
//   line ──▶ not JSON, not an object, too deep, no id, two commands ──▶ ProtocolError: close with 3501
//        ├─▶ an id, but no method or a wrong request ───────────────▶ rejected: reply with 104 or 107
//        └─▶ a command, or {} ──────────────────────────────────────▶ command, pong
//
// A frame is decoded whole before any of it is handled, so nothing of a frame that breaks the protocol is executed.
// A line that is merely rejected leaves its neighbours alone.

import { errors } from './codes.ts'
import { isDeeper } from './depth.ts'
import { ProtocolError } from './error.ts'
import { Fields, isJsonObject } from './fields.ts'
import { decodeDefaults, type DecodeLimits } from './limits.ts'
import type { Decoded, Method, Pong, Rejected } from './messages.ts'
import { methodOf } from './methods.ts'
import { readCommand } from './requests.ts'

const pong: Pong = Object.freeze({ method: 'pong' })

const maxId = 0xffff_ffff

/** What a frame says, line by line; throws ProtocolError for a frame that cannot be answered. */
export function decodeFrame(text: string, limits: DecodeLimits = decodeDefaults): Decoded[] {
  const decoded: Decoded[] = []
  let start = skipBlank(text, 0)
  while (start < text.length) {
    if (decoded.length === limits.maxCommands) {
      throw new ProtocolError(`more than ${limits.maxCommands} commands in one frame`)
    }
    const lineEnd = text.indexOf('\n', start)
    const end = lineEnd === -1 ? text.length : lineEnd
    const item = decodeLine(text.slice(start, end), limits)
    if (typeof item === 'string') {
      throw new ProtocolError(`line ${lineNumber(text, start)}: ${item}`)
    }
    decoded.push(item)
    start = skipBlank(text, end)
  }
  return decoded
}

/** One line's meaning, or what is wrong with it in a way that no reply can say. */
function decodeLine(line: string, limits: DecodeLimits): Decoded | string {
  if (line === '{}') return pong
  if (isDeeper(line, limits.maxDepth)) return `nested deeper than ${limits.maxDepth}`
  const command = parse(line)
  if (command === undefined) return 'not JSON'
  if (!isJsonObject(command)) return 'not an object'

  let key = ''
  let method: Method | undefined
  let empty = true
  for (const member in command) {
    empty = false
    const found = methodOf(member)
    if (found === undefined || command[member] === null) continue
    if (method !== undefined) return `two commands, ${key} and ${member}`
    key = member
    method = found
  }
  if (empty) return pong

  const id = readId(command['id'], method === 'send')
  if (id === undefined) return `id must be an integer from 1 to ${maxId}`
  if (method === undefined) return { method: 'rejected', id, error: errors.methodNotFound }

  const source = command[key]
  if (!isJsonObject(source)) {
    const fault = `${key} must be an object`
    // A send without an id: nobody waits for a reply that could say so.
    return id === 0 ? fault : rejected(id, fault)
  }
  const fields = new Fields(key, source, limits)
  const item = readCommand(id, method, fields)
  return fields.fault === undefined ? item : rejected(id, fields.fault)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The id of a command, 0 if it has none and may have none, undefined if it is not an id. */
function readId(value: unknown, optional: boolean): number | undefined {
  if (optional && (value === undefined || value === null)) return 0
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return value >= 1 && value <= maxId ? value : undefined
}

function rejected(id: number, fault: string): Rejected {
  const { code, message } = errors.badRequest
  return { method: 'rejected', id, error: { code, message: `${message}: ${fault}` } }
}

/** The first place from `at` on that is not JSON whitespace. Blank lines thus cost a step a character and nothing else. */
function skipBlank(text: string, at: number): number {
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

/** Counted only when a frame is about to be refused; blank lines count too. */
function lineNumber(text: string, at: number): number {
  let lines = 1
  for (
    let next = text.indexOf('\n');
    next !== -1 && next < at;
    next = text.indexOf('\n', next + 1)
  ) {
    lines++
  }
  return lines
}
