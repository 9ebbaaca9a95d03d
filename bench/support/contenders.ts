// Who is measured: how each server is started, and which dialect the swarm speaks to it.

import { fileURLToPath } from 'node:url'
import type { DialectName } from '../swarm/dialect.ts'
import type { ClusterContender } from './cluster.ts'

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

/** Those of `field` that run on several nodes, and the first of them alone, which is what a cluster is measured by. */
export function clusterContenders(field: readonly Contender[], nodes: number): ClusterContender[] {
  const sluice = field.find(({ name }) => name === 'sluice')
  const socketio = field.find(({ name }) => name === 'socket.io')
  return [
    ...(sluice === undefined
      ? []
      : [
          {
            ...sluice,
            nodes,
            redis: true,
            joins: (url: string, node: number) => ['--redis', url, '--name', `node-${node}`],
            readyPath: '/ready',
          },
          { ...sluice, name: 'alone', nodes: 1, redis: false, joins: () => [] },
        ]),
    ...(socketio === undefined
      ? []
      : [{ ...socketio, nodes, redis: true, joins: (url: string) => [url] }]),
  ]
}

/** The product as a user starts it. */
export const productBin: string = local('../../bin/sluice.js')

function local(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
