// The methods by their two names: ours, and the key on the wire that stands for it in a command and in its reply.

import type { Method } from './messages.ts'

export const wireKeys: { readonly [M in Method]: string } = {
  connect: 'connect',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  publish: 'publish',
  presence: 'presence',
  presenceStats: 'presence_stats',
  history: 'history',
  rpc: 'rpc',
  send: 'send',
  refresh: 'refresh',
  subRefresh: 'sub_refresh',
  ping: 'ping',
}

/** The method a member of a command object asks for. A map: a key such as `constructor` is no method. */
export function methodOf(key: string): Method | undefined {
  return methods.get(key)
}

const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries(wireKeys).flatMap(([method, key]) => (isMethod(method) ? [[key, method]] : [])),
)

function isMethod(name: string): name is Method {
  return Object.hasOwn(wireKeys, name)
}
