import { describe, expect, test } from 'vitest'
import type { Behavior, Ref, Self } from '../src/behavior.ts'
import type { Reply } from '../src/ask.ts'
import type { Tracer } from '../src/tracer.ts'
import { createWorld, deferred, type World } from './world.ts'

/** A tracer that numbers what it hears of, and tells each with the number that it came from. */
class Notes implements Tracer {
  readonly lines: string[] = []
  now: number | undefined = undefined
  #count = 0

  carry(): unknown {
    return this.now
  }

  handle(carried: unknown, actor: Ref, type: string, receive: () => unknown): unknown {
    return this.within(`${actor.behavior.name} ${type}`, carried as number, receive)
  }

  ask(to: Ref, send: () => void): (error: unknown) => void {
    const number = this.#count + 1
    this.within(`ask ${to.behavior.name}`, this.now, send)
    return (error) => {
      this.lines.push(`${number} ${error === undefined ? 'answered' : codeOf(error)}`)
    }
  }

  within<T>(what: string, from: number | undefined, run: () => T): T {
    const before = this.now
    this.now = ++this.#count
    this.lines.push(`${this.now} ${what} from ${from ?? '-'}`)
    try {
      return run()
    } finally {
      this.now = before
    }
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'none'

type Message = { type: string; to?: Ref<Message>; reply?: Reply<string> }

/** Passes what it is told on to another. */
const relay: Behavior<Message, { self: Self<Message>; heard: string[] }> = {
  name: 'relay',
  start: (self) => ({ self, heard: [] }),
  receive(state, message) {
    state.heard.push(message.type)
    message.to?.tell({ type: `${message.type}+` })
    message.reply?.tell('yes')
  },
  describe: ({ heard }) => ({ heard: heard.join(' ') }),
}

function createTraced(): World & { notes: Notes } {
  const notes = new Notes()
  return { ...createWorld({ tracer: notes }), notes }
}

describe('a tracer', () => {
  test('follows a message from who tells to who handles, and on', async () => {
    const { system, settle, notes } = createTraced()
    const [one, two] = [system.spawn(relay), system.spawn(relay)]
    notes.within('outside', undefined, () => one.tell({ type: 'hop', to: two }))
    await settle()
    expect(notes.lines).toEqual(['1 outside from -', '2 relay hop from 1', '3 relay hop+ from 2'])
  })

  test('hears nothing of a message that nothing goes along with', async () => {
    const { system, settle, notes } = createTraced()
    const [one, two] = [system.spawn(relay), system.spawn(relay)]
    one.tell({ type: 'hop', to: two })
    await settle()
    expect(notes.lines).toEqual([])
    expect(system.counters.handled).toBe(2)
  })

  test('follows a signal', async () => {
    const { system, settle, notes } = createTraced()
    const one = system.spawn(relay)
    notes.within('outside', undefined, () => one.signal({ type: 'fact' }))
    await settle()
    expect(notes.lines).toEqual(['1 outside from -', '2 relay fact from 1'])
  })

  test('hears of an ask, who answers it, and that it has settled', async () => {
    const { system, settle, notes } = createTraced()
    const one = system.spawn(relay)
    const answer = one.ask<string>((reply) => ({ type: 'question', reply }))
    await settle()
    expect(await answer).toBe('yes')
    expect(notes.lines).toEqual(['1 ask relay from -', '2 relay question from 1', '1 answered'])
  })

  test('hears why an ask failed', async () => {
    const { system, clock, notes } = createTraced()
    const silent: Behavior<Message, void> = {
      name: 'silent',
      start: () => {},
      receive: () => undefined,
    }
    const asked = system
      .spawn(silent)
      .ask<string>((reply) => ({ type: 'q', reply }), { timeoutMs: 50 })
    const failed = asked.catch(codeOf)
    await clock.advanceAsync(100)
    expect(await failed).toBe('ask_timeout')
    expect(notes.lines.at(-1)).toBe('1 ask_timeout')
  })

  test('gives the answer of a message that was displaced to whoever asked', async () => {
    const { system, settle, notes } = createTraced()
    const gate = deferred()
    const busy: Behavior<Message, void> = {
      name: 'busy',
      mailbox: { capacity: 1, overflow: 'drop-oldest' },
      start: () => gate.promise,
      receive: (_state, { reply }) => reply?.tell('late'),
    }
    const ref = system.spawn(busy)
    const first = ref.ask<string>((reply) => ({ type: 'first', reply }))
    const failed = first.catch(codeOf)
    ref.tell({ type: 'second' })
    expect(await failed).toBe('mailbox_full')
    gate.resolve()
    await settle()
    expect(notes.lines).toContainEqual('1 mailbox_full')
  })

  test('takes a message that waited for a place from where it was sent, not from where the place came free', async () => {
    const { system, settle, notes } = createTraced()
    const gate = deferred()
    const narrow: Behavior<Message, void> = {
      name: 'narrow',
      mailbox: { capacity: 1, overflow: 'suspend' },
      start: () => gate.promise,
      receive: () => undefined,
    }
    const ref = system.spawn(narrow)
    const sender: Behavior<Message, Self<Message>> = {
      name: 'sender',
      start: (self) => self,
      receive: async (self, { type }) => {
        await self.send(ref, { type })
      },
    }
    const from = [system.spawn(sender), system.spawn(sender)]
    for (const [at, each] of from.entries()) {
      notes.within(`source ${at}`, undefined, () => each.tell({ type: `m${at}` }))
    }
    await settle()
    gate.resolve()
    await settle()
    expect(notes.lines).toEqual([
      '1 source 0 from -',
      '2 source 1 from -',
      '3 sender m0 from 1',
      '4 sender m1 from 2',
      '5 narrow m0 from 3',
      '6 narrow m1 from 4',
    ])
  })

  test('does not come between a handler and its fault', async () => {
    const { system, settle, notes, all } = createTraced()
    const breaks: Behavior<Message, void> = {
      name: 'breaks',
      start: () => {},
      receive() {
        throw new Error('on purpose')
      },
    }
    const ref = system.spawn(breaks)
    const asked = ref.ask<string>((reply) => ({ type: 'q', reply }))
    const failed = asked.catch(codeOf)
    await settle()
    expect(await failed).toBe('handler_failed')
    expect(all('actor.failed')).toHaveLength(1)
    expect(ref.alive).toBe(false)
    expect(notes.lines.slice(0, 2)).toEqual(['1 ask breaks from -', '2 breaks q from 1'])
  })
})
