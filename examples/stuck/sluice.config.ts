// A warehouse in which nothing moves. Run it, open the admin port, and find out why:
//
//   bin/sluice.js start --config examples/stuck/sluice.config.ts

import type { NodeConfig } from '@sluice/node'

export default {
  insecure: true,
  // The devtool may end actors: that is how this story ends.
  adminActions: true,
  rpc: { shipped: './warehouse.ts' },
} satisfies NodeConfig
