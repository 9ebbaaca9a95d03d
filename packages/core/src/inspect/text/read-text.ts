// A dump from its text, so that old files compare with new ones: as far as the text tells of it, and with the text's
// precision of ages. Whatever was printed here prints the same again.

import type { Scalar } from '../../behavior.ts'
import type { StateName } from '../../lifecycle.ts'
import type { Site } from '../../sites.ts'
import type { StackFrame } from '../../stacks.ts'
import type { ActorRow, Dump, FlightRow, TombstoneRow, WaitRow } from '../dump.ts'
import type { Group } from '../map/groups.ts'
import { readHeader } from './read-header.ts'
import { Lines, type Scanner } from './scanner.ts'
import { flightTitle, stackTitle, tombstonesTitle } from './text.ts'

/** Reads either form. Throws `dump_unreadable` with the line that is none of a dump's. */
export function readText(text: string): Dump {
  const lines = new Lines(text)
  const sites = new SiteBook()
  const dump = readHeader(lines)
  if (lines.skipBlank() && /^\d+ × /.test(lines.peek()!)) {
    dump.groups = []
    while (lines.skipBlank()) dump.groups.push(readGroup(lines, sites))
  }
  while (lines.skipBlank()) {
    const title = lines.peek()
    if (title === stackTitle) dump.stack = readList(lines, readFrame)
    else if (title === flightTitle) dump.flight = readList(lines, readFlight)
    else if (title === tombstonesTitle) {
      lines.next()
      while (lines.skipBlank() && lines.peek() !== flightTitle) {
        dump.tombstones.push(readTombstone(lines))
      }
    } else dump.actors.push(readActor(lines, sites))
  }
  dump.sites = sites.sites
  return dump
}

/** Numbers the sites of a text: the same chain of spawns is the same site. */
class SiteBook {
  readonly sites: Record<string, Site> = {}
  readonly #codes = new Map<string, number>()

  /** `chain` from the actor's own site upwards; `behavior` is the actor's. */
  code(behavior: string, chain: readonly Pick<Site, 'spawner' | 'message' | 'line'>[]): number {
    let parent = 0
    for (let i = chain.length - 1; i >= 0; i--) {
      const { spawner, message, line } = chain[i]!
      const spawned = chain[i - 1]?.spawner ?? behavior
      const key = JSON.stringify([parent, spawned, spawner, message, line])
      let code = this.#codes.get(key)
      if (code === undefined) {
        code = this.#codes.size + 1
        this.#codes.set(key, code)
        this.sites[code] = { code, parent, behavior: spawned, spawner, message, line }
      }
      parent = code
    }
    return parent
  }
}

function readGroup(lines: Lines, sites: SiteBook): Group {
  const line = lines.next()
  const count = line.number()
  line.expect(' × ')
  const behavior = line.word()
  line.expect(' [')
  const state = line.word().replace(/:$/, '')
  let wait = ''
  if (line.take(' ')) {
    wait = line.word()
    if (line.take(' ')) wait += ` ${line.word()}`
  }
  line.expect('] ')
  const ms = { min: line.duration(), p50: 0, max: 0 }
  line.expect(' … ')
  ms.p50 = line.duration()
  line.expect(' … ')
  ms.max = line.duration()
  const site = readSite(lines, sites, behavior)
  const sample: string[] = []
  const such = lines.nextIndented()
  such?.expect('such as')
  while (such?.take(' ')) sample.push(such.id())
  return { behavior, state, wait, site, count, ms, sample }
}

function readActor(lines: Lines, sites: SiteBook): ActorRow {
  const line = lines.next()
  const behavior = line.word()
  line.expect(' ')
  const id = line.id()
  line.expect(' [')
  const { state, ms, wait } = readState(line)
  line.expect('] ')
  const label = line.wordsBefore('mailbox')
  line.expect('mailbox ')
  const mailbox = line.number()
  line.expect(' handled ')
  const handled = line.number()
  const restarts = line.take(' restarts ') ? line.number() : 0
  const more: [string, Scalar][] = []
  while (line.take(' ')) {
    const name = line.word()
    line.expect(' ')
    more.push([name, line.value()])
  }
  const actor: ActorRow = {
    id,
    behavior,
    label,
    state,
    ms,
    ageMs: 0,
    ...(wait && { wait }),
    parent: '',
    mailbox,
    handled,
    restarts,
    site: readSite(lines, sites, behavior),
  }
  readFacts(lines, actor)
  if (more.length > 0) actor.more = Object.fromEntries(more)
  return actor
}

function readState(line: Scanner): Pick<ActorRow, 'state' | 'ms' | 'wait'> {
  const word = line.word()
  if (word !== 'waiting:') {
    line.expect(', ')
    return { state: word as StateName, ms: line.duration() }
  }
  line.expect(' ')
  const wait: WaitRow = { class: line.word(), target: '', ms: 0 }
  if (line.take(' ')) {
    wait.target = line.word()
    if (line.take(' (dead)')) wait.dead = true
    else if (line.take(' ')) {
      wait.actor = line.id()
      if (line.take(' (dead)')) wait.dead = true
    }
  }
  line.expect(', ')
  wait.ms = line.duration()
  if (line.take(', deadline in ')) wait.leftMs = line.duration()
  return { state: 'waiting', ms: wait.ms, wait }
}

/** What stands below an actor and its site. */
function readFacts(lines: Lines, actor: ActorRow): void {
  const stack: StackFrame[] = []
  for (let line = lines.nextIndented(); line !== undefined; line = lines.nextIndented()) {
    if (line.take('handling ')) actor.message = line.word()
    else if (line.take('child of ')) {
      actor.parent = line.id()
      line.expect(', age ')
      actor.ageMs = line.duration()
    } else if (line.take('age ')) actor.ageMs = line.duration()
    else if (line.take('context: deadline in ')) actor.deadlineMs = line.duration()
    else if (line.take('context: ended ')) {
      actor.endedMs = line.duration()
      line.expect(' ago')
      if (line.take(', orphan')) actor.orphan = true
    } else if (line.take('ending: ')) actor.ending = line.rest()
    else if (line.take('restarted after ')) actor.restarted = line.rest()
    else if (line.take('timers ')) actor.timers = line.number()
    else if (line.take('in ')) stack.push(readFrame(line))
    else if (line.take('later: ')) actor.later = line.take('moved') ? 'moved' : gone(line)
    else line.fail('what an actor has')
  }
  if (stack.length > 0) actor.stack = stack
}

function gone(line: Scanner): 'gone' {
  line.expect('gone')
  return 'gone'
}

function readSite(lines: Lines, sites: SiteBook, behavior: string): number {
  const chain: Pick<Site, 'spawner' | 'message' | 'line'>[] = []
  while (/^ {4}(?:(?:spawned|started) by |…$)/.test(lines.peek() ?? '')) {
    const line = lines.nextIndented()!
    // The text does not tell further; what is printed of this has an end in the same place.
    if (line.take('…')) chain.push({ spawner: '', message: '', line: '' })
    else {
      if (!line.take('spawned by ')) line.expect('started by ')
      const spawner = line.take('the system') ? '' : line.word()
      const message = line.take(' on ') ? line.word() : ''
      line.spaces()
      chain.push({ spawner, message, line: line.take('at ') ? line.word() : '' })
    }
  }
  return sites.code(behavior, chain)
}

function readFrame(line: Scanner): StackFrame {
  const name = line.take('(anonymous)') ? '' : line.word()
  line.expect(' at ')
  return { function: name, at: line.word() }
}

function readTombstone(lines: Lines): TombstoneRow {
  let line = lines.next()
  const behavior = line.word()
  line.expect(' ')
  const id = line.id()
  line.expect(' [dead: ')
  const code = line.word()
  line.expect(', ')
  const agoMs = line.duration()
  line.expect(' ago] ')
  const label = line.wordsBefore('handled')
  line.expect('handled ')
  const handled = line.number()
  const restarts = line.take(' restarts ') ? line.number() : 0
  line = lines.next()
  line.expect('    ')
  const end = line.rest()
  line = lines.next()
  line.expect('    lived ')
  const livedMs = line.duration()
  const parent = line.take(' below ') ? line.id() : undefined
  line.expect(': ')
  const trail = line.take('no transition kept') ? [] : readTrail(line)
  const found = { id, behavior, label, code, end, agoMs, livedMs, handled, restarts, trail }
  return parent === undefined ? found : { ...found, parent }
}

function readTrail(line: Scanner): string[] {
  const trail: string[] = []
  do trail.push(line.step())
  while (line.take(' → '))
  return trail
}

function readFlight(line: Scanner): FlightRow {
  const agoMs = line.duration()
  line.expect(' ago ')
  const behavior = line.word()
  line.expect(' ')
  const actor = line.id()
  line.expect(' ')
  const event = line.word().replace(/:$/, '')
  line.expect(' ')
  const from = line.step() as StateName
  line.expect(' → ')
  const [, to, wait] = /^([^(]*)(?:\((.*)\))?$/.exec(line.step())!
  return { agoMs, actor, behavior, event, from, to: to as StateName, ...(wait && { wait }) }
}

/** The indented lines below a title. */
function readList<T>(lines: Lines, read: (line: Scanner) => T): T[] {
  lines.next()
  const list: T[] = []
  for (let line = lines.nextIndented(); line !== undefined; line = lines.nextIndented()) {
    list.push(read(line))
  }
  return list
}
