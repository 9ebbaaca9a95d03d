// One process of a crowd: opens its members, lets some of them publish, and says how many are there. Ends with its parent.

import { loopbacks } from '../churn.ts'
import { openRaw, type RawClient } from '../raw.ts'
import { connectionToken } from '../tokens.ts'
import type { Headcount, Part } from './crowd.ts'

/** Opening at one time. */
const atOnce = 50
const publishEveryMs = 100
/** Each has some 28,000 ports. */
const addresses = loopbacks(4)

const members: RawClient[] = []
const missing: Record<string, number> = {}

process.on('message', (question: Part | 'count') => void answer(question))
process.on('disconnect', () => process.exit())

async function answer(question: Part | 'count'): Promise<void> {
  if (question !== 'count') {
    await gather(question)
    setInterval(publish, publishEveryMs, question.members)
  }
  process.send?.({ there: members.length, missing } satisfies Headcount)
}

async function gather({ urls, members: all, first, step }: Part): Promise<void> {
  let next = first
  const open = async (): Promise<void> => {
    for (let nth = next; nth < all; nth = next) {
      next += step
      await enter(urls[nth % urls.length]!, nth).catch((error: Error) => miss(error.message))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, open))
}

async function enter(url: string, nth: number): Promise<void> {
  const member = await openRaw(url, { from: addresses[nth % addresses.length]!, hear: () => {} })
  // Two connections a user.
  const token = await connectionToken(`user-${Math.floor(nth / 2)}`)
  await member.call('connect', { token })
  for (const channel of roomsOf(nth)) {
    const { error } = await member.call('subscribe', { channel })
    if (error !== undefined) throw new Error(`${channel}: ${JSON.stringify(error)}`)
  }
  members.push(member)
  void member.closed.then(({ code, reason }) => {
    members.splice(members.indexOf(member), 1)
    miss(`closed with ${code} ${reason}`)
  })
}

/** A team of ten, a hall of a twentieth of all, and for every fourth the news. */
function roomsOf(nth: number): string[] {
  const rooms = [`team-${Math.floor(nth / 10)}`, `hall-${nth % 20}`]
  return nth % 4 === 0 ? [...rooms, 'news'] : rooms
}

let round = 0

/** Mostly to a team, sometimes to a hall, now and then to all who want the news. */
function publish(all: number): void {
  const member = members[round++ % members.length]
  const [team, hall] = roomsOf((round * 7_919) % all)
  const channel = round % 40 === 0 ? 'news' : round % 4 === 0 ? hall : team
  member?.frame(JSON.stringify({ id: 1_000 + round, publish: { channel, data: { round } } }))
}

function miss(why: string): void {
  missing[why] = (missing[why] ?? 0) + 1
}
