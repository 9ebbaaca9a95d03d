// A dump from a file or from another node, in JSON or as text: anybody may have written it, so what is not as
// docs/dump.schema.json has it is named here, and whoever works with the dump may rely on all of it.

import { SluiceError } from '../errors.ts'
import type { StateName } from '../lifecycle.ts'
import type { Dump } from './dump.ts'
import {
  count,
  list,
  number,
  oneOf,
  printMisfit,
  record,
  scalar,
  type Shape,
  table,
  text,
} from './shape.ts'
import { readText } from './text/read-text.ts'

/** No text is longer than this, packed or not: about what a process can hold as one. */
export const mostDumpBytes: number = 500 * 1_048_576

/** Reads either form. Throws `dump_unreadable`, with the place of what is wrong. */
export function readDump(given: string): Dump {
  if (!given.trimStart().startsWith('{')) return readText(given)
  let value: unknown
  try {
    value = JSON.parse(given)
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error))
  }
  return checkDump(value)
}

/** The same value, if it is a dump. Throws `dump_unreadable`. */
export function checkDump(value: unknown): Dump {
  const { schema } = (value ?? {}) as { schema?: unknown }
  if (schema !== 'sluice.dump/1') {
    throw unreadable(`expected a dump with the schema sluice.dump/1, got ${nameOf(schema)}`)
  }
  const misfit = dump(value)
  if (misfit !== undefined) throw unreadable(printMisfit(misfit))
  return value as Dump
}

function nameOf(schema: unknown): string {
  return typeof schema === 'string' ? schema.slice(0, 100) : typeof schema
}

function unreadable(message: string): SluiceError {
  return new SluiceError('dump_unreadable', message)
}

const population = { idle: count, running: count, waiting: count, dead: count } satisfies Record<
  StateName,
  Shape
>
const state = oneOf(...Object.keys(population))
const frames = list(record({ function: text, at: text }))

const wait = record(
  { class: text, target: text, ms: number },
  { actor: text, dead: scalar, leftMs: number },
)

const actors = list(
  record(
    {
      id: text,
      behavior: text,
      label: text,
      state,
      ms: number,
      ageMs: number,
      parent: text,
      mailbox: count,
      handled: count,
      restarts: count,
      site: count,
    },
    {
      wait,
      message: text,
      children: count,
      deadlineMs: number,
      ending: text,
      endedMs: number,
      orphan: scalar,
      restarted: text,
      timers: count,
      stack: frames,
      more: table(scalar),
      later: text,
    },
  ),
)

const groups = list(
  record({
    behavior: text,
    state: text,
    wait: text,
    site: count,
    count,
    ms: record({ min: number, p50: number, max: number }),
    sample: list(text),
  }),
)

const tombstones = list(
  record(
    {
      id: text,
      behavior: text,
      label: text,
      code: text,
      end: text,
      agoMs: number,
      livedMs: number,
      handled: count,
      restarts: count,
      trail: list(text),
    },
    { parent: text },
  ),
)

const flight = list(
  record(
    { agoMs: number, actor: text, behavior: text, event: text, from: state, to: state },
    { wait: text },
  ),
)

const dump = record(
  {
    takenAt: text,
    uptimeMs: number,
    tookMs: number,
    total: count,
    actors,
    population: record(population),
    orphans: count,
    sites: table(
      record({
        code: count,
        parent: count,
        behavior: text,
        spawner: text,
        message: text,
        line: text,
      }),
    ),
    ends: table(count),
    counters: table(count),
    tombstones,
  },
  {
    node: record({ name: text, uid: text, pid: count, host: text, version: text }),
    reason: record({ trigger: text }, { detail: text, value: number, threshold: number }),
    matched: count,
    described: text,
    lateMs: number,
    above: actors,
    groups,
    stack: frames,
    flight,
    facts: table(scalar),
    error: text,
    notes: list(text),
  },
)
