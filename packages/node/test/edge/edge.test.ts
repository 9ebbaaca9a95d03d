import { describe, expect, test } from 'vitest'
import { startTestNode } from '../support/services.ts'

describe('the edge', () => {
  test('refuses with a status, counts it, and is left with nothing', async () => {
    const node = await startTestNode({ config: { origins: ['https://good.test'] } })
    const peer = node.dial({ headers: { Origin: 'https://evil.test' } })
    await node.until(() => peer.refused !== undefined, 'it is refused')
    expect(peer.refused?.status).toBe(403)
    expect(node.services.counters.refused).toEqual(new Map([[403, 1]]))
    expect(node.events).toContainEqual({
      name: 'connection.refused',
      status: 403,
      why: 'origin not allowed',
      address: '',
    })
    await node.until(() => peer.socket.other.destroyed, 'the socket is gone')
    expect([node.count('connection'), node.services.edge.sockets]).toEqual([0, 0])
  })

  test('lets in as many as it may, and the next one as soon as one has left', async () => {
    const node = await startTestNode({ config: { limits: { maxConnections: 2 } } })
    const [first] = [await node.open(), await node.open()]
    const third = node.dial()
    await node.until(() => third.refused !== undefined, 'it is refused')
    expect(third.refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    first.ws.close()
    await first.end()
    await node.until(() => node.services.edge.sockets === 1, 'one has left')
    await node.open()
  })

  test('counts by address, and forgets the address with its last socket', async () => {
    const node = await startTestNode({ config: { limits: { maxConnectionsPerAddress: 1 } } })
    for (let visit = 0; visit < 3; visit++) {
      const peer = await node.open()
      const second = node.dial()
      await node.until(() => second.refused !== undefined, 'it is refused')
      expect(second.refused?.status).toBe(429)
      peer.ws.close()
      await node.until(() => node.services.edge.sockets === 0, 'it has left')
    }
  })

  test('takes nobody while the node drains', async () => {
    const node = await startTestNode()
    node.services.draining = true
    const peer = node.dial()
    await node.until(() => peer.refused !== undefined, 'it is refused')
    expect(peer.refused?.status).toBe(503)
  })

  test('closes so that clients come again when the actor table is full', async () => {
    const node = await startTestNode({
      config: { limits: { maxActors: 1_024, maxConnections: 1_024 } },
    })
    const filler = { name: 'filler', start: () => 0, receive: () => undefined }
    const fillers: { stop(): void }[] = []
    try {
      for (;;) fillers.push(node.system.spawn(filler))
    } catch {
      // Full.
    }
    const peer = node.dial()
    expect(await peer.end()).toEqual({ code: 3013, reason: 'too many requests' })
    // What it sends meanwhile is nobody's fault.
    const rude = node.dial()
    rude.ws.on('open', () => rude.socket.write(Buffer.from([0xff, 0xff, 0xff])))
    await rude.end()
    expect(node.services.edge.sockets).toBe(0)
    for (const each of fillers) each.stop()
    await node.settle()
    await node.connect()
  })

  test('ends the socket of an actor that ended before it had started', async () => {
    const node = await startTestNode()
    const peer = node.dial()
    // In the same turn as it is accepted, ahead of its first slice.
    node.server.once('upgrade', () => {
      node.system.actors.find((actor) => actor?.behavior.name === 'connection')!.stop('too soon')
    })
    await node.until(() => node.services.counters.accepted === 1, 'it is accepted')
    await node.settle()
    expect(node.services.edge.sockets).toBe(1)
    await node.advance(1_100)
    expect(await peer.end()).toMatchObject({ code: 1006 })
    expect(node.isClean()).toBe(true)
    expect(node.ends()).toEqual(['stopped too soon'])
  })

  test('ends such sockets with the node, at once', async () => {
    const node = await startTestNode()
    const peer = node.dial()
    node.server.once('upgrade', () => void node.system.stop('over'))
    expect(await peer.end()).toMatchObject({ code: 1006 })
    expect(node.services.edge.sockets).toBe(0)
  })

  test('no longer listens when it has ended', async () => {
    const node = await startTestNode()
    await node.stop()
    expect(node.server.listenerCount('upgrade')).toBe(0)
  })
})
