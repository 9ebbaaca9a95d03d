// Views of other nodes: the same question to each of them over the bus. Who does not answer in time is named, never left out.
//
//   operator ─▶ any node ─ ask ─▶ every node ─▶ its view ─▶ JSON, deflated when it is long ─▶ { nodes, refused, silent }

import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { NodeInfo, Question, Survey } from '@sluice/cluster'
import * as z from 'zod'
import type { Services } from '../services.ts'
import { NoView, noViewOf, noViewStatuses, type NoViewStatus } from './no-view.ts'
import { jsonOf, ReadyJson } from './ready-json.ts'
import { views } from './views.ts'

export interface NodeView {
  node: string
  uid: string
  view: object
}

/** What every node said. */
export interface Reached {
  nodes: NodeView[]
  /** Nodes that have nothing to show. */
  refused: { node: string; status: NoViewStatus; message: string }[]
  /** Nodes that are members and did not answer, or not in time. */
  silent: string[]
  /** Why only the node that was asked is in here. */
  unreachable?: string
}

const timeoutMs = 2_000
/** For what takes a node some work. */
const longTimeoutMs = 10_000
const laborious: ReadonlySet<string> = new Set([
  'actors',
  'explain',
  'lints',
  'take',
  'dump',
  'dump-actor',
])
/** A text over the bus stays well below what Redis lets a subscriber fall behind (8 MB for a minute). */
const maxAnswerBytes = 2 * 1_048_576
const maxInflatedBytes = 256 * 1_048_576
/** Shorter ones are not worth the work. */
const plainBytes = 16_384

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

const question = z.object({ type: z.literal('view'), view: z.string(), query: z.string() })
const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('view'), json: z.string() }),
  z.object({ type: z.literal('deflated'), data: z.string() }),
  z.object({
    type: z.literal('none'),
    status: z.literal(noViewStatuses),
    message: z.string(),
  }),
])

/** Asks every node for a view, or the one with this name. */
export async function reach(
  services: Services,
  view: string,
  query: URLSearchParams,
  name?: string,
): Promise<Reached> {
  const { value: asked, silent } = await membersFor(services, name)
  const reached: Reached = { nodes: [], refused: [], silent }
  await Promise.all(
    asked.map(async ({ name: node, uid }) => {
      const said = await askNode(services, uid, view, query)
      if (said instanceof NoView) {
        reached.refused.push({ node, status: said.status, message: said.message })
        return
      }
      const found = said && parseObject(said.text)
      if (found === undefined) reached.silent.push(node)
      else reached.nodes.push({ node, uid, view: found })
    }),
  )
  for (const list of [reached.nodes, reached.refused])
    list.sort((a, b) => (a.node < b.node ? -1 : 1))
  reached.silent.sort()
  return reached
}

/** The same; of this node alone while there is no way to the others. Then it is looked at most. */
export async function reachSome(
  services: Services,
  view: string,
  query: URLSearchParams,
): Promise<Reached> {
  try {
    return await reach(services, view, query)
  } catch (error) {
    if (!(error instanceof NoView)) throw error
    const alone = await reach(services, view, query, services.options.name)
    return { ...alone, unreachable: error.message }
  }
}

/** What the node with this name says, as it says it; undefined when it does not answer in time. */
export async function reachOne(
  services: Services,
  view: string,
  query: URLSearchParams,
  name: string,
): Promise<ReadyJson | undefined> {
  const { value: asked } = await membersFor(services, name)
  const [node] = asked
  if (node === undefined) return undefined
  const said = await askNode(services, node.uid, view, query)
  if (said instanceof NoView) throw new NoView(said.status, `${name}: ${said.message}`)
  return said
}

/** The nodes that are to be asked. This one alone needs no bus: that may be down just when somebody wants to see. */
async function membersFor(
  { bus, options, uid }: Services,
  name: string | undefined,
): Promise<Survey<Pick<NodeInfo, 'name' | 'uid'>[]>> {
  if (name === options.name) return { value: [{ name, uid }], silent: [] }
  let all: Survey<NodeInfo[]>
  try {
    all = await bus.nodes()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new NoView(503, `the other nodes cannot be asked: ${why}`)
  }
  if (name === undefined) return { value: all.value, silent: [...all.silent] }
  const value = all.value.filter((node) => node.name === name)
  const silent = all.silent.filter((one) => one === name)
  if (value.length > 0 || silent.length > 0) return { value, silent }
  const names = all.value.map((node) => node.name).join(', ')
  throw new NoView(404, `no node ${name}; there are ${names}`)
}

/** Answers another node's question for a view; undefined when it is about something else. */
export function answerReach(services: Services, asked: Question): Promise<string> | undefined {
  // Cheaper than to parse every question twice.
  if (!asked.question.startsWith('{"type":"view"')) return undefined
  const parsed = question.safeParse(JSON.parse(asked.question))
  return parsed.success ? look(services, parsed.data.view, parsed.data.query) : undefined
}

async function look(services: Services, name: string, query: string): Promise<string> {
  const view = views.get(name)
  try {
    if (view === undefined) throw new NoView(400, `no view ${name} on this node`)
    const json = jsonOf(await view(services, new URLSearchParams(query)))
    if (json.length <= plainBytes) return JSON.stringify({ type: 'view', json })
    const data = (await deflate(json, { level: 1 })).toString('base64')
    if (data.length > maxAnswerBytes) {
      throw new NoView(
        400,
        'more than the bus carries: ask for fewer with limit, or ask that node itself',
      )
    }
    return JSON.stringify({ type: 'deflated', data })
  } catch (error) {
    const refusal = noViewOf(error)
    if (refusal === undefined) throw error
    const { status, message } = refusal
    return JSON.stringify({ type: 'none', status, message })
  }
}

/** What one node said; undefined when it said nothing in time. */
async function askNode(
  { bus }: Services,
  uid: string,
  view: string,
  query: URLSearchParams,
): Promise<ReadyJson | NoView | undefined> {
  const asked = JSON.stringify({ type: 'view', view, query: query.toString() })
  let text: string
  try {
    text = await bus.ask(uid, asked, laborious.has(view) ? longTimeoutMs : timeoutMs)
  } catch {
    return undefined
  }
  const { data } = answer.safeParse(parseObject(text))
  if (data?.type === 'none') return new NoView(data.status, data.message)
  if (data?.type === 'deflated') return await inflateJson(data.data)
  return data && new ReadyJson(data.json)
}

async function inflateJson(data: string): Promise<ReadyJson | undefined> {
  try {
    const bytes = await inflate(Buffer.from(data, 'base64'), { maxOutputLength: maxInflatedBytes })
    return new ReadyJson(bytes.toString())
  } catch {
    return undefined
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
