// The server API: `POST /api/<method>` with a JSON body, for backends.
//
//   key? ──▶ body ≤ 1 MiB? ──▶ JSON? ──▶ method ──▶ 200 {"result": …} or {"error": {code, message}}
//   401, 403     413           400
//
// What a method refuses is an answer like any other, so its status is 200 as well.

import type { IncomingMessage } from 'node:http'
import { errors } from '@sluice/protocol'
import { Refused } from '../refusals.ts'
import { parseJson } from '../json-text.ts'
import type { Services } from '../services.ts'
import { sendJsonText } from './answer.ts'
import { badRequest, batchBody, parseBody } from './api-bodies.ts'
import { createGate, type Gate } from './api-gate.ts'
import { apiMethods, checkCount } from './api-methods.ts'
import { type Outcome, settle, writeOutcome } from './api-outcome.ts'
import { readBody } from './body.ts'
import type { Route } from './routes.ts'

const prefix = '/api/'
const maxBodyBytes = 1_048_576
/** The objects and lists that a batch puts around the body of a command. */
const batchDepth = 3

interface Answer {
  readonly status: number
  readonly outcome: Outcome
}

/** The route of all methods, for the paths that start with `/api/`. */
export function createApi(services: Services): Route {
  const gate = createGate(services.options)
  const { system, events } = services
  return {
    async POST(request, response, url) {
      const started = system.clock.now()
      const name = url.pathname.slice(prefix.length)
      const { status, outcome } = await answer(services, gate, name, request)
      sendJsonText(response, status, writeOutcome(outcome))
      if (!events.heard) return
      events.emit({
        name: 'api.called',
        method: knownName(name),
        ms: system.clock.now() - started,
        error: outcome.ok ? 0 : outcome.error.code,
      })
    },
  }
}

async function answer(
  services: Services,
  gate: Gate,
  name: string,
  request: IncomingMessage,
): Promise<Answer> {
  const denied = gate(request.headers)
  if (denied !== undefined) return failed(denied.status, denied.error)
  const read = await readBody(request, maxBodyBytes)
  if (!read.ok) {
    const { code, message } = read.status === 413 ? errors.limitExceeded : errors.badRequest
    return failed(read.status, { code, message: `${message}: ${read.why}` })
  }
  // These two say all by their name.
  const text = read.text === '' && (name === 'info' || name === 'channels') ? '{}' : read.text
  const parsed = parseJson(text)
  if (!parsed.ok) {
    const { line, column, expected } = parsed
    const why = `the body is not JSON: line ${line}, column ${column}: expected ${expected}`
    return failed(400, badRequest(why).error)
  }
  const carryOut = (): Promise<Outcome> =>
    settle(services, name, async () => {
      const maxDepth = services.decodeLimits.maxDepth + batchDepth
      if (isDeeper(parsed.value, maxDepth))
        throw badRequest(`nested deeper than ${maxDepth} levels`)
      return name === 'batch' ? batch(services, parsed.value) : call(services, name, parsed.value)
    })
  const { tracing } = services
  if (tracing === undefined) return { status: 200, outcome: await carryOut() }
  const traceparent = request.headers['traceparent']
  const from = typeof traceparent === 'string' ? traceparent : undefined
  const outcome = await tracing.call(`api ${knownName(name)}`, from, async () => {
    const followed = await carryOut()
    if (!followed.ok) tracing.refused(followed.error.code)
    return followed
  })
  return { status: 200, outcome }
}

/** Any other name is just a caller's text. */
function knownName(name: string): string {
  return name === 'batch' || apiMethods.has(name) ? name : 'unknown'
}

async function call(services: Services, name: string, body: unknown): Promise<string> {
  const method = apiMethods.get(name)
  if (method === undefined) throw new Refused(errors.methodNotFound)
  return method(services, body)
}

/** Carries out one command after the other, but for publishes in a row: those are under way together, in order. */
async function batch(services: Services, body: unknown): Promise<string> {
  const { commands } = parseBody(batchBody, body)
  checkCount(commands, 'commands')
  const replies: Promise<string>[] = []
  let publishes: Promise<string>[] = []
  for (const command of commands) {
    const name = nameOf(command)
    const isPublish = name === 'publish' || name === 'broadcast'
    if (!isPublish) {
      // oxlint-disable-next-line no-await-in-loop -- who reads after a publish sees it
      await Promise.all(publishes)
      publishes = []
    }
    const reply = replyTo(services, name, command)
    replies.push(reply)
    if (isPublish) publishes.push(reply)
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the promise
    else await reply
  }
  return `{"replies":[${(await Promise.all(replies)).join(',')}]}`
}

/** The method of a command in a batch: its only key. Undefined when it has not exactly one. */
function nameOf(command: unknown): string | undefined {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return undefined
  const [name, ...others] = Object.keys(command)
  return others.length === 0 ? name : undefined
}

async function replyTo(
  services: Services,
  name: string | undefined,
  command: unknown,
): Promise<string> {
  const outcome = await settle(services, name ?? 'batch', async () => {
    if (name === undefined) throw badRequest('expected an object whose only key is a method')
    return call(services, name, (command as Record<string, unknown>)[name])
  })
  return writeOutcome(outcome, name)
}

function failed(status: number, error: { code: number; message: string }): Answer {
  return { status, outcome: { ok: false, error } }
}

/** True when objects and lists are nested deeper than `max`: what handles the value later may recurse into it. */
function isDeeper(value: unknown, max: number): boolean {
  let level = [value].filter(isNested)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === max) return true
    level = level.flatMap((item) => Object.values(item).filter(isNested))
  }
  return false
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
