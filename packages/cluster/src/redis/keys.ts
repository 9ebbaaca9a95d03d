// The names of everything that the bus keeps in Redis. What one script touches shares a hash tag, so that it lives in one
// slot of a cluster.
//
//   sluice:{room}:meta        hash    e epoch · o offset · m mark of the newest · f fencing token · s:<sender> its last sequence
//   sluice:{room}:log         stream  <offset>-0 → d item · m mark
//   sluice:{room}:key:<key>   string  what a keyed publish returned
//   sluice:{room}:here        hash    client → who, and on which node
//   sluice:{room}:users       hash    user → clients
//   sluice:{nodes}:shared:…   what the nodes share: membership, owners
//   sluice:r:{room}           channel

/** The parts of keys, made once per prefix. */
export interface Keys {
  meta(room: string): string
  log(room: string): string
  key(room: string, key: string): string
  here(room: string): string
  users(room: string): string
  /** Of the cluster as a whole, all in one slot. */
  shared(what: string): string
  /** Of one node, all in one slot. */
  node(uid: string, what: string): string
  channel(room: string): string
}

export function createKeys(prefix: string): Keys {
  const of = (room: string, what: string): string => `${prefix}:{${tagOf(room)}}:${what}`
  return {
    meta: (room) => of(room, 'meta'),
    log: (room) => of(room, 'log'),
    key: (room, key) => of(room, `key:${key}`),
    here: (room) => of(room, 'here'),
    users: (room) => of(room, 'users'),
    shared: (what) => `${prefix}:{nodes}:shared:${what}`,
    node: (uid, what) => `${prefix}:{node:${uid}}:node:${what}`,
    channel: (room) => `${prefix}:r:{${tagOf(room)}}`,
  }
}

/** The room's name as a hash tag: a brace inside would end the tag early, and put the keys of one room into several slots. */
function tagOf(room: string): string {
  return room === '' ? '%' : room.replaceAll(/[%{}]/g, encodeURIComponent)
}
