// node bursts.ts <members> <messages> <port>…: so many members in one room of each server, and the last of them publishes. A
// burst at a server, named by its place in the list, is so many messages at once; it is over when the last one has come
// back to who sent it: by then all members were written to.

import { Client, openAll } from './client.ts'
import { dialects } from './dialect.ts'
import { createPayload, mark } from './payload.ts'

const [members = 0, messages = 0, ...ports] = process.argv.slice(2).map(Number)
const dialect = dialects.centrifuge
const room = 'burst'
const payload = createPayload(128)
const steps = [...dialect.hello, dialect.join(room)]

/** One server's clients. */
class Audience {
  #publisher: Client | undefined = undefined
  #missing = 0
  #over: () => void = () => {}

  async open(port: number): Promise<void> {
    const failed = await openAll(members - 1, (_, settled) => void member(port, settled))
    if (failed > 0) throw new Error(`${failed} members were not let in`)
    await new Promise<void>((resolve) => {
      this.#publisher = new Client(port, dialect, steps, {
        ready: () => resolve(),
        data: (_client, bytes, from, to) => this.#count(bytes, from, to),
        closed: () => process.exit(1),
      })
    })
  }

  burst(): Promise<void> {
    this.#missing = messages
    const texts = Array.from({ length: messages }, (_, at) =>
      dialect.publish(at + 3, room, payload(0)),
    )
    return new Promise((resolve) => {
      this.#over = resolve
      this.#publisher?.send(texts)
    })
  }

  #count(bytes: Buffer, from: number, to: number): void {
    const before = this.#missing
    for (let at = from; at < to; at += 1) if (bytes[at] === mark) this.#missing -= 1
    if (before > 0 && this.#missing <= 0) this.#over()
  }
}

function member(port: number, settled: (ready: boolean) => void): Client {
  return new Client(port, dialect, steps, {
    ready: () => settled(true),
    data: () => {},
    closed: () => process.exit(1),
  })
}

/** What the bench asks; every answer is the question. */
export type Asked = { type: 'open' } | { type: 'burst'; place: number }

const audiences = ports.map(() => new Audience())

process.on('message', async (asked: Asked) => {
  if (asked.type === 'burst') await audiences[asked.place]?.burst()
  else await Promise.all(ports.map(async (port, place) => audiences[place]?.open(port)))
  process.send?.(asked)
})
process.on('disconnect', () => process.exit(0))
