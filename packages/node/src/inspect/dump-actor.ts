// A dump of one actor and what is around it: all below it, and who waits on it; with what its behaviour shows of it, and
// what was seen of it, if it is traced.

import {
  type CloseUp,
  type CloseUpType,
  closeUpTypes,
  inspectActor,
  printFine,
  printMs,
} from '@sluice/core'
import type { Services } from '../services.ts'
import type { ArchivedDump } from '../seeing/archive.ts'
import { demandAllowed, liveActor } from './actions.ts'
import { written } from './dumps.ts'
import { anyText, readQuery, reasonOr } from './query.ts'

/** Types of messages told of in a note each. */
const mostTypes = 16

/** Writes it into this node's archive, for the actor with the `id` and the `reason` of the query. */
export async function dumpActor(
  services: Services,
  query: URLSearchParams,
): Promise<ArchivedDump & { folder: string }> {
  const { system, dumper, events } = services
  demandAllowed(services, 'dumping actors')
  const { id, reason } = readQuery(query, { id: anyText(), reason: reasonOr('by an operator') })
  const actor = liveActor(system, id)
  const { name } = actor
  const json = inspectActor(actor)
  const closeUp = system.closeUps.find(id)
  const notes = [
    `only ${name}, all that it owns, and who waits on it`,
    ...(json === undefined ? [] : [`shows: ${JSON.stringify(json)}`]),
    ...(closeUp === undefined ? [] : notesOf(closeUp)),
  ]
  const dump = written(
    dumper,
    await dumper.dump(
      { trigger: 'request', detail: `${name}: ${reason}` },
      { filter: { around: id }, notes },
    ),
  )
  events.emit({ name: 'actor.dumped', actor: id, behavior: actor.behavior.name, reason })
  return dump
}

/** What the trace comes to, a line for each type of message. */
function notesOf(closeUp: CloseUp): string[] {
  const { beganAt, ms, dropped, entries } = closeUp.read()
  const types = closeUpTypes(entries)
  const lost = dropped > 0 ? `, ${dropped} older ones dropped` : ''
  return [
    `traced from ${beganAt} for ${printMs(ms)}: ${entries.length} entries${lost}`,
    ...types.slice(0, mostTypes).map(noteOf),
    ...(types.length > mostTypes ? [`trace: and ${types.length - mostTypes} more types`] : []),
  ]
}

function noteOf({ type, count, failed, open, totalMs, p99Ms, maxMs }: CloseUpType): string {
  const ran = `ran ${printFine(totalMs)}, p99 ${printFine(p99Ms)}, at most ${printFine(maxMs)}`
  return [
    // What is out still has no time of its own yet.
    `trace: ${count} × ${type || '(no type)'}${count > open ? ` ${ran}` : ''}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(open > 0 ? [`${open} not over`] : []),
  ].join(', ')
}
