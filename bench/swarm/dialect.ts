// A dialect is how one server family is spoken to: what a client says to be connected, to join a room, to publish.

/** One exchange of the opening: say `send` (if anything), go on at the frame that contains `until`. */
export interface Step {
  send?: string
  until: string
}

export interface Dialect {
  path: string
  hello: Step[]
  join: (room: string) => Step
  publish: (id: number, room: string, body: string) => string
  call: (id: number, body: string) => string
  /** The server's heartbeat, a line of its own, and the answer to it. */
  ping: string
  pong: string
  /** Bytes that the leanest delivery or answer has around its body. */
  wrapBytes: number
}

/** Centrifuge JSON: Sluice, and the bare `ws` server that speaks the few commands needed here. */
const centrifuge: Dialect = {
  path: '/connection/websocket',
  hello: [{ send: '{"id":1,"connect":{}}', until: '"connect":' }],
  join: (room) => ({
    send: `{"id":2,"subscribe":{"channel":"${room}"}}`,
    until: '"subscribe":',
  }),
  publish: (id, room, body) => `{"id":${id},"publish":{"channel":"${room}","data":${body}}}`,
  call: (id, body) => `{"id":${id},"rpc":{"method":"echo","data":${body}}}`,
  ping: '{}',
  pong: '{}',
  wrapBytes: '{"id":1,"rpc":{"data":}}'.length,
}

/** Engine.IO 4 under Socket.IO 5, one packet per frame; calls are events with an acknowledgement. */
const socketio: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: [{ until: '0{' }, { send: '40', until: '40{' }],
  join: (room) => ({ send: `42["join","${room}"]`, until: '"joined"' }),
  publish: (_id, room, body) => `42["publish","${room}",${body}]`,
  call: (id, body) => `42${id}["echo",${body}]`,
  ping: '2',
  pong: '3',
  wrapBytes: '430[]'.length,
}

export const dialects = { centrifuge, socketio }

export type DialectName = keyof typeof dialects
