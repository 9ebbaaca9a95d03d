// `/debug/actors` and what belongs to it: what every actor is doing now, on this node or on all of them.
//
//   GET  /debug/actors?debug=1        groups                        &scope=cluster, &node=<name>: from other nodes
//   GET  /debug/actors?debug=2        every actor, then the dead    &search= &state= &behavior= &wait= &room= &older= &blocked=
//                                                                                 &sort= &skip= &limit= &family=
//   GET  /debug/actors/<id>           one of them in full
//   POST /debug/actors/<id>/end       ends it, if that is allowed, as are the next two
//   POST /debug/actors/<id>/trace     follows it for a minute: each message &seconds=   GET: what came of it   &since=
//   POST /debug/actors/<id>/dump      writes a dump of it and what is around it
//   GET  /debug/nodes                 every node
//   GET  /debug/nodes/room            one room, as each node has it          &name=
//   GET  /debug/nodes/lints           what is wrong with each               &node=<name>: with that one
//   GET  /debug/view/<name>           figures, rooms, room, connections, crowds, flight, explain, tabs   &node=<name>
//   POST /debug/nodes/drain           this node, or the one that is named, says goodbye  &reason=
//   GET, POST /debug/nodes/stacks     how many spawns keep their stack  &share=<0 to 1>: from now on
//   POST /debug/nodes/dumps           each takes a dump                 &node=<name>: that one
//   GET  /debug/nodes/dumps           what each has in its archive      &node=<name>&id=<id>: one of them

import type { ServerResponse } from 'node:http'
import { streamDump } from '@sluice/core'
import { dumpOptionsFor } from '../inspect/actors.ts'
import { NoView } from '../inspect/no-view.ts'
import { type ActorsQuery, readActorsQuery } from '../inspect/actors-query.ts'
import { maybeText, readQuery } from '../inspect/query.ts'
import { reach, type Reached, reachOne, reachSome } from '../inspect/reach.ts'
import { jsonOf } from '../inspect/ready-json.ts'
import { type View, views } from '../inspect/views.ts'
import type { Services } from '../services.ts'
import { sendError, sendJson, sendJsonText, sendText } from './answer.ts'
import { sendPieces } from './pieces.ts'
import { refusing } from './refusing.ts'
import type { Route } from './routes.ts'

/** Actors listed of each node, where several are asked. */
const clusterLimit = '1000'

/** The page of the actors. */
export function createActorsPage(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const query = readActorsQuery(url.searchParams)
      const { scope, format } = query
      if (scope === 'node') {
        return await sendDump(services, response, query)
      }
      const forwarded = new URLSearchParams(url.searchParams)
      for (const name of ['scope', 'node', 'token']) forwarded.delete(name)
      if (!forwarded.has('limit') && query.debug === 2) forwarded.set('limit', clusterLimit)
      const name = scope === 'cluster' ? undefined : scope.node
      const reached = await reach(services, 'actors', forwarded, name)
      if (format === 'text') sendText(response, 200, printReached(reached))
      else sendJson(response, 200, reached)
    }),
  }
}

/** A dump as it was asked for, sent while it is read. */
async function sendDump(
  services: Services,
  response: ServerResponse,
  query: ActorsQuery,
): Promise<void> {
  const form = query.format
  const options = { ...(await dumpOptionsFor(services, query)), form }
  const type = form === 'json' ? 'application/json' : 'text/plain; charset=utf-8'
  await sendPieces(response, streamDump(services.system, options), { 'Content-Type': type })
}

/** The pages below `/debug/actors/`. */
export function createActorPages(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const [id, action] = partsOf(url, 2)
      if (action !== undefined && action !== 'trace') throw new NoView(404, 'not found')
      await sendOne(services, response, action ?? 'actor', url, id)
    }),
    POST: refusing(async (_request, response, url) => {
      const [id, action] = partsOf(url, 2)
      const view = actions.get(action)
      if (view === undefined) throw new NoView(404, 'not found')
      demandActions(services)
      await sendOne(services, response, view, url, id)
    }),
  }
}

/** The views of what can be done with an actor. */
const actions: ReadonlyMap<string | undefined, string> = new Map([
  ['end', 'end'],
  ['trace', 'start-trace'],
  ['dump', 'dump-actor'],
])

/** The page of the nodes. */
export function createNodesPage(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      readQuery(url.searchParams, {})
      const reached = await reachSome(services, 'node', new URLSearchParams())
      // Of a node that is silent, this is what the others know.
      const { peers } = services.bus.health()
      sendJson(response, 200, { ...reached, peers })
    }),
  }
}

/** The page of one room, as each node has it. */
export function createNodeRoomPage(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const { node, query } = forward(url)
      sendJson(response, 200, await reach(services, 'room', query, node))
    }),
  }
}

/** The page of what is wrong, on every node. */
export function createNodeLintsPage(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const { node } = readQuery(url.searchParams, { node: maybeText() })
      const query = new URLSearchParams()
      const reached =
        node === undefined
          ? await reachSome(services, 'lints', query)
          : await reach(services, 'lints', query, node)
      sendJson(response, 200, reached)
    }),
  }
}

/** Views that are plain data; each under its name. */
export function createViewPages(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const [name = ''] = partsOf(url, 1)
      if (!shown.includes(name))
        throw new NoView(404, `no view ${name}; there are ${shown.join(', ')}`)
      await sendOne(services, response, name, url)
    }),
  }
}

const shown = ['figures', 'rooms', 'room', 'connections', 'crowds', 'flight', 'explain', 'tabs']

/** The pages of the archives of all nodes. */
export function createNodeDumpsPage(services: Services): Route {
  return {
    GET: refusing(async (_request, response, url) => {
      const { id, node } = readQuery(url.searchParams, { id: maybeText(), node: maybeText() })
      if (id !== undefined) return await sendOne(services, response, 'dump', url)
      sendJson(response, 200, await reach(services, 'dumps', new URLSearchParams(), node))
    }),
    POST: refusing(async (_request, response, url) => {
      const { node, query } = forward(url)
      sendJson(response, 200, await reach(services, 'take', query, node))
    }),
  }
}

/** The page of sampled stacks: GET says, POST changes. */
export function createStacksPage(services: Services): Route {
  const ask = async (response: ServerResponse, url: URL): Promise<void> => {
    const { node, query } = forward(url)
    sendJson(response, 200, await reach(services, 'stacks', query, node))
  }
  return {
    GET: refusing(async (_request, response, url) => {
      if (url.searchParams.has('share')) throw new NoView(400, 'share: POST changes it')
      await ask(response, url)
    }),
    POST: refusing(async (_request, response, url) => {
      demandActions(services)
      if (!url.searchParams.has('share'))
        throw new NoView(400, 'share: expected a number from 0 to 1')
      await ask(response, url)
    }),
  }
}

/** Draining a node by hand. */
export function createDrainPage(services: Services): Route {
  return {
    POST: refusing(async (_request, response, url) => {
      demandActions(services)
      await sendOne(services, response, 'drain', url)
    }),
  }
}

/** What changes something must be allowed here, too: else who may only look here could change what another node allows. */
function demandActions({ options }: Services): void {
  if (options.adminActions) return
  throw new NoView(403, 'this node may only be looked through: see adminActions')
}

/** What this node says, or the one that the query names; about what has this `id`, when the path has one. */
async function sendOne(
  services: Services,
  response: ServerResponse,
  name: string,
  url: URL,
  id?: string,
): Promise<void> {
  const { node, query } = forward(url)
  if (id !== undefined) query.append('id', id)
  if (node === undefined || node === services.options.name) {
    const view: View = views.get(name)!
    return sendJsonText(response, 200, jsonOf(await view(services, query)))
  }
  const said = await reachOne(services, name, query, node)
  if (said === undefined) return sendError(response, 504, `${node}: no answer in time`)
  sendJsonText(response, 200, said.text)
}

/** Which node is meant, and what it is to read; it refuses what it does not know. */
function forward(url: URL): { node: string | undefined; query: URLSearchParams } {
  const query = new URLSearchParams(url.searchParams)
  const [node, second] = query.getAll('node')
  if (second !== undefined) throw new NoView(400, 'node: given more than once')
  for (const own of ['node', 'token']) query.delete(own)
  return { node, query }
}

/** What the path has below `/debug/actors/` and the like. */
function partsOf(url: URL, most: number): (string | undefined)[] {
  const parts = url.pathname.split('/').slice(3)
  if (parts.length > most) throw new NoView(404, 'not found')
  return parts
}

function printReached({ nodes, refused, silent }: Reached): string {
  const parts = nodes.map(({ node, view }) => {
    return `── node ${node} ──\n${'text' in view ? String(view.text) : ''}`
  })
  for (const { node, message } of refused) parts.push(`── node ${node} ──\n${message}\n`)
  if (silent.length > 0) parts.push(`silent, so not in here: ${silent.join(', ')}\n`)
  return parts.join('\n')
}
