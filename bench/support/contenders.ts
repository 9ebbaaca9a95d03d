// Who is measured: how each server is started, and which dialect the swarm speaks to it.

import { fileURLToPath } from 'node:url'
import type { DialectName } from '../swarm/dialect.ts'

export interface Contender {
  name: string
  dialect: DialectName
  /** The program and its arguments. */
  command: string[]
  /** Finds the port in what was printed so far, once the server takes connections. */
  ready: RegExp
}

// {"ready":true,"port":4711}
const jsonLine = /^\{"ready":true,"port":(\d+)\}$/m

// sluice ready  client http://127.0.0.1:4711  admin …
const productLine = /^sluice ready .*?:(\d+)/m

/** All of them, in the order of the tables; the first is compared with the others. */
export function contenders(bin: string): Contender[] {
  const config = local('../servers/sluice.config.json')
  return [
    {
      name: 'sluice',
      dialect: 'centrifuge',
      command: [bin, 'start', '--config', config, '--port', '0', '--admin-port', '0'],
      ready: productLine,
    },
    {
      name: 'ws',
      dialect: 'centrifuge',
      command: [local('../servers/bare-ws.ts')],
      ready: jsonLine,
    },
    {
      name: 'socket.io',
      dialect: 'socketio',
      command: [local('../servers/socket-io.ts')],
      ready: jsonLine,
    },
  ]
}

/** The product as a user starts it. */
export const productBin: string = local('../../bin/sluice.js')

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
