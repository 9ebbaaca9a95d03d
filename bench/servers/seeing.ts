// One node as it is, or one that writes nothing down about itself.
//
//   node seeing.ts seen|unseen <admin port>      prints {"ready":true,"port":N}

import { resolveOptions, startNode } from '@sluice/node'

const [as, adminPort] = process.argv.slice(2)

const { options } = resolveOptions({
  insecure: true,
  origins: ['*'],
  port: 0,
  adminPort: Number(adminPort),
  // The watchdog has a thread of its own, which a load that fills both cores would measure.
  dumps: { watchdog: false, rules: [] },
})
const node = await startNode(options, { unseen: as === 'unseen' })
process.once('SIGTERM', () => void node.stop())
const { port } = new URL(node.urls.client)
process.stdout.write(`${JSON.stringify({ ready: true, port: Number(port) })}\n`)
