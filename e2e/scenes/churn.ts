// Many come and go beside many who stay: the long form of test/churn.test.ts.
//
//   node e2e/scenes/churn.ts [--connections 100000] [--residents 1000] [--places 500]
//
// Ends with 1 if a resident lost a word, a visitor was turned away, or the books do not balance afterwards.

import { parseArgs } from 'node:util'
import { countOf } from '../support/arguments.ts'
import { balance, openBooks } from '../support/books.ts'
import { delaysOf, startChats } from '../support/chat.ts'
import { churn, loopbacks } from '../support/churn.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { mebibytes, milliseconds, printTable } from '../support/table.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { connections: text, residents: text, places: text } })
const connections = countOf(values.connections, 100_000)
const residents = countOf(values.residents, 1_000)
const places = countOf(values.places, 500)
const members = 10

async function play(gateway: Gateway): Promise<void> {
  const books = await openBooks(gateway)
  const sources = loopbacks(16)
  const rooms = Math.ceil(residents / members)
  const chats = await startChats(gateway.client, { rooms, members, pauseMs: 250, sources })
  const before = await balance(gateway, books, { sockets: rooms * members, rooms })
  const churned = await churn(gateway.client, {
    connections,
    places,
    rooms: chats.map(({ room }) => room),
    sources,
  })
  const busiest = await gateway.vars()
  await Promise.all(chats.map((chat) => chat.goOn()))
  const after = await balance(gateway, books, { sockets: rooms * members, rooms })
  const delays = delaysOf(chats)
  await Promise.all(chats.map((chat) => chat.stop()))
  const empty = await balance(gateway, books, { sockets: 0, rooms: 0 })

  const words = chats.reduce((sum, chat) => sum + chat.words, 0)
  printTable(
    `${connections.toLocaleString('en')} connections beside ${rooms * members} residents`,
    [
      ['took', `${(churned.tookMs / 1_000).toFixed(1)} s`],
      ['a second', Math.round((connections / churned.tookMs) * 1_000)],
      ['left politely', churned.polite],
      ['left by reset', churned.reset],
      ['turned away or closed otherwise', churned.faults.length],
      ['words of the residents', words],
      ['heard in the right order', words * members],
      ['heard by all after p50 / p99 / max', milliseconds(delays)],
      ['actors: before / after / empty', of('actors', before, after, empty)],
      ['sockets', of('sockets', before, after, empty)],
      ['rooms', of('rooms', before, after, empty)],
      ['timers', of('timers', before, after, empty)],
      ['listeners', of('listeners', before, after, empty)],
      ['orphans', of('orphans', before, after, empty)],
      ['unknown ends', of('ends_unknown', before, after, empty)],
      ['forced ends', of('forced', before, after, empty)],
      ['actors spawned in all', Number(empty['spawned'])],
      [
        'memory: before / at the end of the rush / after / empty',
        [before, busiest, after, empty].map((vars) => mebibytes(vars['rss_bytes'])).join(' / '),
      ],
    ],
  )
  if (churned.faults.length > 0) throw new Error(churned.faults.slice(0, 10).join('\n'))
}

function of(name: string, ...vars: Record<string, number | string>[]): string {
  return vars.map((each) => each[name]).join(' / ')
}

await using gateway = await startGateway({
  config: {
    insecure: true,
    log: { level: 'warn' },
    rooms: {
      default: { presence: true, history: {} },
      namespaces: { visitor: { joinLeave: true, history: { size: 10, ttl: '10s' } } },
    },
  },
})
await play(gateway)
