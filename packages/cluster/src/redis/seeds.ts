// A Redis Cluster by some of its nodes.
//
//   redis-cluster://[user:password@]host:port,host:port      rediss-cluster:// over TLS; all nodes share the user

import { parseAddress } from './cluster-map.ts'
import { parseTarget, type Target } from './target.ts'

export interface Seeds {
  /** `host:port` of nodes that can be asked for the others. */
  readonly addresses: readonly string[]
  targetOf(address: string): Target
}

const form = /^(rediss?)-cluster:\/\/([^@/]*@)?([^@/\s]+)\/?$/

/** Undefined for a URL that names no cluster. */
export function parseSeeds(url: string): Seeds | undefined {
  const found = form.exec(url)
  if (found === null) return undefined
  const [, scheme, login = '', hosts = ''] = found
  return {
    addresses: hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:6379`)),
    targetOf(address) {
      const { host, port } = parseAddress(address)
      return parseTarget(`${scheme}://${login}${host.includes(':') ? `[${host}]` : host}:${port}`)
    },
  }
}
