// One in twenty of a large crowd stops reading during a broadcast: the long form of test/slow.test.ts, in which the
// broadcast itself fills the sockets.
//
//   node e2e/scenes/slow.ts [--members 1000] [--messages 2500]
//
// Ends with 1 if one who reads lost a message, or one who does not is not ended with 3008.

import { parseArgs } from 'node:util'
import { countOf } from '../support/arguments.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { playSlowCrowd } from '../support/slow-crowd.ts'
import { mebibytes, milliseconds, printTable } from '../support/table.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { members: text, messages: text } })
const members = countOf(values.members, 1_000)
const messages = countOf(values.messages, 2_500)

async function play(gateway: Gateway): Promise<void> {
  const stopped = Math.ceil(members / 20)
  const outcome = await playSlowCrowd(gateway, {
    members,
    stopped,
    calmMessages: Math.ceil(messages / 5),
    messages,
    bytes: 2_000,
  })
  const { readers, complete, faults, ends, calm, disturbed, rssBefore, rssPeak } = outcome
  const slow = ends.filter((end) => end.includes(': 3008 slow'))
  printTable(`${members} members, ${stopped} of whom stop reading`, [
    ['messages of 2 kB, in all', messages + Math.ceil(messages / 5)],
    ['readers who heard each of them', `${complete} of ${readers.length}`],
    ['gaps', faults.length],
    ['delay p50 / p99 / max while all read', milliseconds(calm)],
    [`delay p50 / p99 / max while ${stopped} do not`, milliseconds(disturbed)],
    ['ended with 3008, as their tombstones say', `${slow.length} of ${stopped}`],
    ['such as', slow[0] ?? 'none'],
    ['memory before / at most', `${mebibytes(rssBefore)} / ${mebibytes(rssPeak)}`],
  ])
  await Promise.all(readers.map(({ client }) => client.close()))
  const good = complete === readers.length && faults.length === 0 && slow.length === stopped
  if (!good) throw new Error('not everybody got what is due')
}

await using gateway = await startGateway({
  config: {
    insecure: true,
    log: { level: 'warn' },
    rooms: { default: { history: { size: 100 } } },
  },
})
await play(gateway)
