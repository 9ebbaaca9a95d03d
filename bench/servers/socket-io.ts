// Socket.IO as its documentation shows it: `socket.join`, `io.to(room).emit`, acknowledgements for calls.
//
//   node socket-io.ts [redis-url]   prints {"ready":true,"port":N}
//
// The websocket transport only, so that no connection starts with long polling; everything else is its default. With a
// URL, rooms reach other nodes through its Redis adapter, also as its documentation shows it.

import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

const http = createServer()
const [redisUrl] = process.argv.slice(2)
const io = new Server(http, { transports: ['websocket'], serveClient: false })
if (redisUrl !== undefined) {
  const publisher = new Redis(redisUrl)
  const subscriber = publisher.duplicate()
  io.adapter(createAdapter(publisher, subscriber))
  // Answered after the adapter's own subscriptions.
  await subscriber.psubscribe('ready')
}

io.on('connection', (socket) => {
  socket.on('join', async (room: string) => {
    await socket.join(room)
    socket.emit('joined', room)
  })
  socket.on('publish', (room: string, data: unknown) => {
    io.to(room).emit('m', data)
  })
  socket.on('echo', (data: unknown, reply: (data: unknown) => void) => {
    reply(data)
  })
})

http.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)
})
