// Socket.IO as its documentation shows it: `socket.join`, `io.to(room).emit`, acknowledgements for calls.
//
//   node socket-io.ts   prints {"ready":true,"port":N}
//
// The websocket transport only, so that no connection starts with long polling; everything else is its default.

import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false })

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
