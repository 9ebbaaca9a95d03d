// The archive over HTTP.
//
//   POST /debug/dumps                      takes a dump (reason=…): 201 with its name; 409 while another one is written
//   GET  /debug/dumps                      what there is, the newest first
//   GET  /debug/dumps/<id>                 one of them: format=json, or text: debug=1 groups, debug=2 every actor
//   GET  /debug/diff?from=<id>&to=<id>     what changed between two; to=now takes the second one now

import type { ServerResponse } from 'node:http'
import type { Dumper, DumpOutcome } from '../seeing/dumper.ts'
import type { ViewResult, ViewTask } from '../seeing/view-work.ts'
import type { Services } from '../services.ts'
import { sendError, sendJson, sendJsonText, sendText } from './answer.ts'
import { anyText, readQuery, reasonOr, word } from '../inspect/query.ts'
import { refusing } from './refusing.ts'
import type { Route } from './routes.ts'

/** The start of each dump's own path. */
export const dumpPrefix = '/debug/dumps/'

/** All dumps. */
export function createDumpsPage({ dumper, options }: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      readQuery(url.searchParams, {})
      const { keep, maxBytes } = options.dumps
      try {
        const { folder } = dumper.archive
        sendJson(response, 200, { folder, keep, maxBytes, dumps: dumper.archive.list() })
      } catch (error) {
        sendError(response, 503, messageOf(error))
      }
    }),
    POST: refusing(async (_request, response, url) => {
      const { reason: detail } = readQuery(url.searchParams, { reason: reasonOr('HTTP') })
      const outcome = await dumper.dump({ trigger: 'request', detail })
      if (outcome.what !== 'written') return sendNone(response, outcome)
      const { id } = outcome.dump
      sendJson(response, 201, outcome.dump, { Location: dumpPrefix + id })
    }),
  }
}

/** One dump. */
export function createDumpPage({ dumper }: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const query = readQuery(url.searchParams, {
        format: word('json', 'text'),
        debug: word('1', '2'),
      })
      const id = url.pathname.slice(dumpPrefix.length)
      if (query.format === 'text') {
        const debug = query.debug === '2' ? 2 : 1
        return sendView(response, dumper, { what: 'print', id, debug }, 'text')
      }
      try {
        const json = await dumper.archive.read(id)
        if (json === undefined) sendMissing(response, id)
        else sendJsonText(response, 200, json)
      } catch (error) {
        sendError(response, 500, messageOf(error))
      }
    }),
  }
}

/** Two dumps, compared. */
export function createDiffPage({ dumper }: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const query = readQuery(url.searchParams, {
        format: word('text', 'json'),
        from: anyText(),
        to: anyText(),
      })
      const { from, format } = query
      let to = query.to
      if (from === '' || to === '') {
        return sendError(response, 400, 'from and to: the names of two dumps; to=now for a new one')
      }
      if (to === 'now') {
        if (!isThere(dumper, from)) return sendMissing(response, from)
        const outcome = await dumper.dump({ trigger: 'request', detail: `diff from ${from}` })
        if (outcome.what !== 'written') return sendNone(response, outcome)
        to = outcome.dump.id
      }
      const kind = format === 'json' ? 'json' : 'text'
      await sendView(response, dumper, { what: 'diff', from, to, format: kind }, kind)
    }),
  }
}

/** Where there is no archive, that is said of the dump that is then taken. */
function isThere({ archive }: Dumper, id: string): boolean {
  try {
    return archive.has(id)
  } catch {
    return true
  }
}

async function sendView(
  response: ServerResponse,
  { views }: Dumper,
  task: ViewTask,
  format: 'text' | 'json',
): Promise<void> {
  let result: ViewResult
  try {
    result = await views.view(task)
  } catch (error) {
    return sendError(response, 503, messageOf(error))
  }
  if ('missing' in result) return sendMissing(response, result.missing)
  if ('failed' in result) return sendError(response, 500, result.failed)
  if (format === 'json') sendJsonText(response, 200, result.text)
  else sendText(response, 200, result.text)
}

function sendMissing(response: ServerResponse, id: string): void {
  sendError(response, 404, `no dump ${id.slice(0, 200)}`)
}

/** Why no dump was taken. */
function sendNone(
  response: ServerResponse,
  outcome: Exclude<DumpOutcome, { what: 'written' }>,
): void {
  if (outcome.what === 'skipped') {
    return sendError(response, 409, 'another dump is being written', { 'Retry-After': '1' })
  }
  sendError(response, 503, messageOf(outcome.error))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
