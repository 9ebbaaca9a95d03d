// Answers a call with what it brought: the RPC side of the echo bench.

import { defineBehavior, type Reply } from '@sluice/core'

interface Call {
  type: 'rpc'
  data: unknown
  reply: Reply<unknown>
}

export default defineBehavior({
  name: 'echo',
  start: () => undefined,
  receive: (_state, { data, reply }: Call) => {
    reply.tell(data)
  },
})
