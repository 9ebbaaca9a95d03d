// What `npm start` runs: one node, a page to try it with at http://127.0.0.1:8000/, and no tokens.

import type { NodeConfig } from '@sluice/node'

export default {
  // Anyone may connect, as an anonymous user. Fine here, since both ports are on loopback.
  insecure: true,
  // Named, not `*`: no other site that a browser has open may talk to this node in its name.
  origins: ['http://127.0.0.1:*', 'http://localhost:*'],
  site: './page',
  rooms: {
    default: {
      presence: true,
      joinLeave: true,
      history: { size: 100, ttl: '300s' },
      recover: true,
    },
    namespaces: {
      // What each connection of a room calls itself. Kept for longer, so that a newcomer knows all who are there.
      names: {
        presence: false,
        joinLeave: false,
        history: { size: 300, ttl: '24h' },
      },
      // Live comments: nobody misses one that is gone.
      reactions: { presence: false, joinLeave: false, history: false, recover: false },
    },
  },
} satisfies NodeConfig
