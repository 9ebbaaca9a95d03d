import { spawnSync } from 'node:child_process'
import { startRedis } from '@sluice/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { resolveRedisBusOptions } from '../../src/redis/options.ts'
import { Session } from '../../src/redis/session.ts'
import { parseTarget } from '../../src/redis/target.ts'

/** Publishes from another process, and returns when Redis has answered: what it sent is in our sockets, unread. */
function publishElsewhere(port: number, channel: string): void {
  const script = `
    const socket = require('node:net').connect(${port}, '127.0.0.1')
    socket.write('PUBLISH ${channel} x\\r\\n')
    socket.once('data', (answer) => process.exit(answer.toString() === ':1\\r\\n' ? 0 : 1))`
  expect(spawnSync(process.execPath, ['-e', script]).status).toBe(0)
}

test('a connection that is lost brings nothing more, be it in the socket already', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis[Symbol.asyncDispose]())
  const heard: string[] = []
  let ups = 0
  const connected = Promise.withResolvers<void>()
  const again = Promise.withResolvers<void>()
  const session = new Session(
    parseTarget(redis.url),
    resolveRedisBusOptions({ url: redis.url }),
    [],
    {
      up(connection) {
        const nth = ++ups
        connection.on('messageBuffer', () => heard.push(`connection ${nth}`))
        void connection.subscribe('channel').then(() => (nth === 1 ? connected : again).resolve())
      },
      lost() {},
    },
  )
  onTestFinished(() => session.close())
  session.start()
  await connected.promise
  publishElsewhere(redis.port, 'channel')
  session.lose('for the test')
  await again.promise
  publishElsewhere(redis.port, 'channel')
  await expect.poll(() => heard).toContain('connection 2')
  expect(heard).toEqual(['connection 2'])
})
