// Auctions: every room `auction:<lot>` sells one lot. Run it with
//
//   bin/sluice.js start --config examples/auction/sluice.config.ts

import type { NodeConfig } from '@sluice/node'

export default {
  insecure: true,
  origins: ['http://127.0.0.1:*', 'http://localhost:*'],
  site: './page',
  rooms: {
    namespaces: {
      auction: {
        behavior: './auction.ts',
        // One hammer in the whole cluster, whichever node a bidder is on.
        singleton: true,
        history: { size: 100, ttl: '1h' },
        recover: true,
        // Only the auction itself speaks in its room; bidders call.
        allow: { publish: 'none' },
      },
    },
  },
  // `data.room` of a call says which auction.
  rpc: { bid: './auction.ts', look: './auction.ts' },
} satisfies NodeConfig
