// What this node says to others that ask about its rooms: always an answer of remote.ts, also when something failed. Codes travel
// as they are, so that a client hears the same wherever it is connected.

import type { Question } from '@sluice/cluster'
import { errors } from '@sluice/protocol'
import { notNow, Refused, refusalReply } from '../refusals.ts'
import type { Services } from '../services.ts'
import { parseQuestion, type RemoteAnswer } from './remote.ts'
import { Singleton } from './singleton.ts'

/** Answers another node, in JSON. Never rejects. */
export async function answerRemote(services: Services, asked: Question): Promise<string> {
  try {
    return JSON.stringify(await respond(services, asked))
  } catch (error) {
    const known = refusalReply(error)
    if (known === undefined) {
      services.events.emit({ name: 'command.crashed', client: '', method: 'ask', error })
    }
    const refused: RemoteAnswer = { type: 'refused', error: known ?? errors.internal }
    return JSON.stringify(refused)
  }
}

/** This node owns the room no longer. */
export function disownedRoom(services: Services, name: string): void {
  const voice = services.directory.get(name)?.behavior
  if (voice instanceof Singleton) voice.disowned()
}

async function respond(services: Services, asked: Question): Promise<RemoteAnswer> {
  const { directory, system } = services
  const until = system.now + asked.timeoutMs
  const question = parseQuestion(asked.question)
  if (question === undefined) throw new Refused(errors.badRequest)
  if (question.type === 'vacant') {
    const voice = directory.get(question.room)?.behavior
    if (voice instanceof Singleton) voice.vacant()
    return { type: 'done' }
  }
  const room = directory.obtain(question.room)
  if (room === undefined) throw new Refused(notNow)
  await room.opened
  // Over meanwhile, or a room that is none of these by this node's configuration.
  if (!(room.behavior instanceof Singleton)) return { type: 'elsewhere' }
  const { behavior } = room
  const answer = (): Promise<RemoteAnswer> =>
    behavior.answer(question, asked.from, until - system.now)
  const traceparent = 'traceparent' in question ? question.traceparent : undefined
  if (traceparent === undefined || services.tracing === undefined) return answer()
  return services.tracing.call('answer', traceparent, answer)
}
