// A process that holds clients and does nothing else, to be frozen or killed: `node holder.ts URL COUNT ROOM`. Says
// `ready` when all of them are members. Ends when its standard input does.

import { openRaw } from './raw.ts'

const [url = '', count = '0', channel = ''] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) {
  const client = await openRaw(url, { hear: () => {} })
  await client.call('connect', {})
  await client.call('subscribe', { channel })
}
process.stdout.write('ready\n')
process.stdin.resume().on('end', () => process.exit(0))
