// The least that can be written on `ws`: rooms in a Map, one `ws.send` per member.
//
//   node bare-ws.ts   prints {"ready":true,"port":N}
//
// It answers the commands of the JSON protocol that the swarm sends and nothing else: no limits, no heartbeats, no
// order between rooms. A publication is encoded once and handed to every member as the same buffer, which is the best
// that plain `ws.send` does; what is left is one frame and one write per member and message.

import { WebSocketServer, type WebSocket } from 'ws'

interface Command {
  id: number
  connect?: object
  subscribe?: { channel: string }
  publish?: { channel: string; data: unknown }
  rpc?: { data: unknown }
}

const rooms = new Map<string, Set<WebSocket>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, backlog: 4096 })

server.on('connection', (socket) => {
  const joined: Set<WebSocket>[] = []
  socket.on('message', (data: Buffer) => {
    for (const line of data.toString().split('\n')) {
      const command: Command = JSON.parse(line)
      answer(socket, joined, command)
    }
  })
  socket.on('close', () => {
    for (const members of joined) members.delete(socket)
  })
})

server.on('listening', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)
})

function answer(socket: WebSocket, joined: Set<WebSocket>[], command: Command): void {
  const { id } = command
  if (command.publish) {
    publish(command.publish.channel, command.publish.data)
    socket.send(`{"id":${id},"publish":{}}`)
  } else if (command.rpc) {
    socket.send(`{"id":${id},"rpc":{"data":${JSON.stringify(command.rpc.data)}}}`)
  } else if (command.subscribe) {
    joined.push(join(command.subscribe.channel, socket))
    socket.send(`{"id":${id},"subscribe":{}}`)
  } else if (command.connect) {
    socket.send(`{"id":${id},"connect":{"client":"${id}","version":"ws"}}`)
  }
}

function join(room: string, socket: WebSocket): Set<WebSocket> {
  let members = rooms.get(room)
  if (!members) rooms.set(room, (members = new Set()))
  return members.add(socket)
}

function publish(channel: string, data: unknown): void {
  const text = Buffer.from(JSON.stringify({ push: { channel, pub: { data } } }))
  for (const member of rooms.get(channel) ?? []) member.send(text, { binary: false })
}
