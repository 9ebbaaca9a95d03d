// Thousands come and go beside a few who stay: those hear every word, and of the others nothing is left. The long form
// is e2e/scenes/churn.ts.

import { expect, test } from 'vitest'
import { balance, nothingLeft, openBooks } from '../support/books.ts'
import { delaysOf, startChats } from '../support/chat.ts'
import { churn, loopbacks } from '../support/churn.ts'
import { startGateway } from '../support/gateway.ts'

test('3,010 connections that come and go disturb none of 100 that stay, and leave nothing', async () => {
  await using gateway = await startGateway({
    config: {
      insecure: true,
      log: { level: 'warn' },
      rooms: {
        default: { presence: true, history: {} },
        namespaces: { visitor: { joinLeave: true, history: {} } },
      },
    },
  })
  const books = await openBooks(gateway)
  const chats = await startChats(gateway.client, { rooms: 10, members: 10, pauseMs: 20 })
  const { polite, reset, faults, tookMs } = await churn(gateway.client, {
    connections: 3_010,
    places: 200,
    rooms: chats.map(({ room }) => room),
    sources: loopbacks(4),
  })
  await Promise.all(chats.map((chat) => chat.goOn()))
  expect(faults).toEqual([])
  expect([polite, reset]).toEqual([1_505, 1_505])
  const vars = await balance(gateway, books, { sockets: 100, rooms: 10 })
  expect(vars).toMatchObject({ ...nothingLeft, members: 100, slow: 0 })
  await Promise.all(chats.map((chat) => chat.stop()))
  expect(await balance(gateway, books, { sockets: 0, rooms: 0 })).toMatchObject(nothingLeft)
  const words = chats.reduce((sum, chat) => sum + chat.words, 0)
  const { p50, p99, max } = delaysOf(chats)
  console.info(
    `3,010 connections in ${Math.round(tookMs)} ms; ${words} words beside them, heard by all after p50/p99/max ${p50.toFixed(1)}/${p99.toFixed(1)}/${max.toFixed(1)} ms`,
  )
}, 60_000)
