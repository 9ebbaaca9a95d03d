// What stands above the actors in a dump's text.

import { endCodes } from '../../ends.ts'
import type { Dump, DumpNode, DumpReason } from '../dump.ts'
import type { Lines, Scanner } from './scanner.ts'

/** A dump with nothing in it but what its header tells. */
export function readHeader(lines: Lines): Dump {
  const dump: Dump = {
    schema: 'sluice.dump/1',
    takenAt: '',
    uptimeMs: 0,
    tookMs: 0,
    total: 0,
    actors: [],
    population: { idle: 0, running: 0, waiting: 0, dead: 0 },
    orphans: 0,
    sites: {},
    ends: {},
    counters: {},
    tombstones: [],
  }
  let line = lines.next()
  line.expect('actors: total ')
  dump.total = line.number()
  if (line.take(', ')) {
    const count = line.number()
    if (line.take(' match')) {
      dump.matched = count
      if (line.take(', ')) {
        line.number()
        line.expect(' shown')
      }
    } else line.expect(' shown')
  }
  line.expect(' (')
  for (const state of ['idle', 'running', 'waiting'] as const) {
    line.expect(`${state} `)
    dump.population[state] = line.number()
    line.expect(state === 'waiting' ? '), orphans ' : ', ')
  }
  dump.orphans = line.number()
  line = lines.next()
  line.expect('taken ')
  dump.takenAt = line.word()
  line.expect(', up ')
  dump.uptimeMs = line.duration()
  line.expect(', held the loop ')
  dump.tookMs = line.number()
  line.expect(' ms')
  if (line.take(', described ')) dump.described = line.take('later') ? 'later' : never(line)
  line = lines.next()
  line.expect('ends: ')
  dump.ends = readCounts(line, endCodes)
  line = lines.next()
  line.expect('counters: ')
  dump.counters = readCounts(line, [])
  const facts: [string, number | string][] = []
  for (let next = lines.peek(); next !== undefined && next !== ''; next = lines.peek()) {
    line = lines.next()
    if (line.take('node: ')) dump.node = readNode(line)
    else if (line.take('reason: ')) dump.reason = readReason(line)
    else if (line.take('error: ')) dump.error = line.rest()
    else if (line.take('note: ')) (dump.notes ??= []).push(line.rest())
    else if (line.take('fact: ')) {
      const name = line.word()
      line.expect(' ')
      facts.push([name, line.value() as number | string])
    } else line.fail('a line of the header')
  }
  if (facts.length > 0) dump.facts = Object.fromEntries(facts)
  return dump
}

function never(line: Scanner): 'never' {
  line.expect('never')
  return 'never'
}

/** `known` are zero when they are not told. */
function readCounts(line: Scanner, known: readonly string[]): Record<string, number> {
  if (line.take('not counted')) return {}
  const counts: Record<string, number> = {}
  if (!line.take('none')) {
    do {
      const name = line.word()
      line.expect(' ')
      counts[name] = line.number()
    } while (line.take(', '))
  }
  for (const name of known) counts[name] ??= 0
  return counts
}

function readNode(line: Scanner): DumpNode {
  const name = line.word()
  line.expect(' uid ')
  const uid = line.word()
  line.expect(' pid ')
  const pid = line.number()
  line.expect(' host ')
  const host = line.word()
  line.expect(' version ')
  return { name, uid, pid, host, version: line.word() }
}

function readReason(line: Scanner): DumpReason {
  const reason: DumpReason = { trigger: line.word() as DumpReason['trigger'] }
  while (line.take(' ')) {
    if (line.take('value ')) reason.value = line.number()
    else if (line.take('threshold ')) reason.threshold = line.number()
    else reason.detail = line.word()
  }
  return reason
}
