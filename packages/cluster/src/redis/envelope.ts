// What travels between nodes: one byte of version, one of kind, then the rest.
//
//   2 D  offset : epoch : mark : before : item      a publication that the stream took; `before` is the mark of the one before it
//   2 P  [sender, from, count, items]      what one node published in one room in one turn; `from` and `count` say if any is missing
//   2 E  epoch                             the room's stream starts anew
//   2 N  bytes                             a message from node to node
//
// An item is msgpackr: [kind, data, info, tags, traceparent]. Bytes that are none of this are no frame, and told, never thrown.

import type { ClientInfo, Delivery, Publication } from '../bus.ts'
import { packr } from './packr.ts'

const version = 2

export type Frame =
  | { kind: 'durable'; offset: number; epoch: string; mark: string; before: string; item: Buffer }
  | { kind: 'plain'; sender: string; from: number; count: number; deliveries: Delivery[] }
  | { kind: 'epoch'; epoch: string }
  | { kind: 'node'; message: Buffer }

/** 0 publication, 1 join, 2 leave. */
type Item = [
  kind: number,
  data: string,
  info?: ClientInfo | null,
  tags?: Record<string, string> | null,
  traceparent?: string,
]

export function packPublication(publication: Publication): Buffer {
  return packr.pack(itemOf({ type: 'publication', publication }))
}

/** Undefined for bytes that hold none. */
export function unpackPublication(bytes: Buffer): Publication | undefined {
  const delivery = deliveryOf(unpack(bytes))
  return delivery?.type === 'publication' ? delivery.publication : undefined
}

export function packPlain(
  sender: string,
  from: number,
  count: number,
  deliveries: readonly Delivery[],
): Buffer {
  const body = packr.pack([sender, from, count, deliveries.map((one) => itemOf(one))])
  return Buffer.concat([head('P'), body])
}

export function packNode(message: Buffer): Buffer {
  return Buffer.concat([head('N'), message])
}

/** Undefined for what is no frame of this version. */
export function unpackFrame(bytes: Buffer): Frame | undefined {
  if (bytes[0] !== version) return undefined
  const rest = bytes.subarray(2)
  switch (bytes[1] ?? 0) {
    case 0x44:
      return durable(rest)
    case 0x50:
      return plain(unpack(rest))
    case 0x45:
      return { kind: 'epoch', epoch: rest.toString('latin1') }
    case 0x4e:
      return { kind: 'node', message: rest }
    default:
      return undefined
  }
}

function head(kind: string): Buffer {
  return Buffer.from([version, kind.charCodeAt(0)])
}

function durable(bytes: Buffer): Frame | undefined {
  const a = bytes.indexOf(0x3a)
  const b = bytes.indexOf(0x3a, a + 1)
  const c = bytes.indexOf(0x3a, b + 1)
  const d = bytes.indexOf(0x3a, c + 1)
  if (a < 1 || b < 0 || c < 0 || d < 0) return undefined
  const offset = Number(bytes.toString('latin1', 0, a))
  if (!Number.isSafeInteger(offset)) return undefined
  return {
    kind: 'durable',
    offset,
    epoch: bytes.toString('latin1', a + 1, b),
    mark: bytes.toString('latin1', b + 1, c),
    before: bytes.toString('latin1', c + 1, d),
    item: bytes.subarray(d + 1),
  }
}

function plain(value: unknown): Frame | undefined {
  if (!Array.isArray(value)) return undefined
  const [sender, from, count, items] = value as [unknown, unknown, unknown, unknown]
  if (typeof sender !== 'string' || typeof from !== 'number' || typeof count !== 'number')
    return undefined
  if (!Array.isArray(items)) return undefined
  const deliveries: Delivery[] = []
  for (const item of items) {
    const delivery = deliveryOf(item)
    if (delivery === undefined) return undefined
    deliveries.push(delivery)
  }
  return { kind: 'plain', sender, from, count, deliveries }
}

function unpack(bytes: Buffer): unknown {
  try {
    return packr.unpack(bytes)
  } catch {
    return undefined
  }
}

function itemOf(delivery: Delivery): Item {
  switch (delivery.type) {
    case 'publication': {
      const { data, info, tags, traceparent } = delivery.publication
      if (traceparent !== undefined) return [0, data, info ?? null, tags ?? null, traceparent]
      if (tags !== undefined) return [0, data, info ?? null, tags]
      return info === undefined ? [0, data] : [0, data, info]
    }
    case 'join':
      return [1, '', delivery.info]
    case 'leave':
      return [2, '', delivery.info]
    case 'gap':
      return [0, '']
  }
}

function deliveryOf(item: unknown): Delivery | undefined {
  if (!Array.isArray(item)) return undefined
  const [kind, data, info, tags, traceparent] = item as Item
  if (kind === 0) {
    if (typeof data !== 'string') return undefined
    const publication: Publication = { data }
    if (info !== undefined && info !== null) publication.info = info
    if (tags !== undefined && tags !== null) publication.tags = tags
    if (traceparent !== undefined) publication.traceparent = traceparent
    return { type: 'publication', publication }
  }
  if (info === undefined || info === null) return undefined
  if (kind === 1) return { type: 'join', info }
  return kind === 2 ? { type: 'leave', info } : undefined
}
