// Asks its child, which asks it back: neither can answer before the other has.

import { type Behavior, defineBehavior, type Ref, type Reply, type Self } from '@sluice/core'
import type { BehaviorInput, RoomEvent } from '@sluice/node'

type Message = RoomEvent | { type: 'back'; reply: Reply<string> }
type Question = { type: 'ask'; of: Ref<Message>; timeoutMs: number; reply: Reply<string> }

const mirror: Behavior<Question, null> = {
  name: 'mirror',
  start: () => null,
  async receive(_state, { of, reply, timeoutMs }, self) {
    try {
      reply.tell(
        await of.ask<string>((back) => ({ type: 'back', reply: back }), { self, timeoutMs }),
      )
    } catch (error) {
      reply.fail(error)
    }
  },
}

async function askTheMirror(
  child: Ref<Question>,
  message: Extract<RoomEvent, { type: 'rpc' }>,
  self: Self<Message>,
): Promise<void> {
  const { timeoutMs = 2_000 } = message.data as { timeoutMs?: number }
  try {
    const answer = await child.ask<string>(
      (reply) => ({ type: 'ask', of: self, timeoutMs, reply }),
      {
        self,
        timeoutMs,
      },
    )
    message.reply.tell(answer)
  } catch (error) {
    message.reply.fail(error)
  }
}

export default defineBehavior<Message, Ref<Question>, BehaviorInput>({
  name: 'asks-in-circles',
  accepts: ['rpc'],
  tab: 'Those who ask',
  start: (self) => self.spawn(mirror),
  receive(child, message, self) {
    if (message.type === 'back') message.reply.tell('it is me')
    return message.type === 'rpc' ? askTheMirror(child, message, self) : undefined
  },
})
