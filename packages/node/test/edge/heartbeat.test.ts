import { describe, expect, test } from 'vitest'
import { JumpClock } from '../support/jump-clock.ts'
import { startTestNode } from '../support/services.ts'

/** Pings every 20 s: no jitter unless asked for. */
const config = { heartbeat: { pingMs: 20_000, jitter: 0, pongMs: 8_000 } }

describe('a socket that never connects', () => {
  test('is closed with 3502 when its time is over, and not before', async () => {
    const node = await startTestNode({ config })
    const peer = await node.open()
    await node.advance(4_990)
    expect(peer.closed).toBeUndefined()
    await node.advance(20)
    expect(await peer.end()).toEqual({ code: 3502, reason: 'stale' })
    expect(node.ends()).toEqual(['stopped 3502 stale'])
    await node.advance(1_000)
    expect(node.isClean()).toBe(true)
  })

  test('is not given up for a stall of our own', async () => {
    const clock = new JumpClock()
    const node = await startTestNode({ config, clock })
    const [peer, silent] = [await node.open(), await node.open()]
    // Its connect is on the way when the loop stands still; nobody could have read it.
    const [id] = peer.send({ connect: {} })
    clock.jump(60_000)
    expect(await peer.reply(id!)).toHaveProperty('connect')
    clock.jump(10)
    expect((await silent.end()).code).toBe(3502)
    await node.settle()
    expect(peer.closed).toBeUndefined()
  })

  test('may come again when it was our verifying that took so long', async () => {
    const node = await startTestNode({ config })
    const { verifier } = node.services
    Object.assign(node.services, {
      verifier: { ...verifier, connection: () => new Promise(() => {}) },
    })
    const peer = await node.open()
    peer.send({ connect: { token: 'a.b.c' } })
    await node.advance(5_100)
    expect((await peer.end()).code).toBe(3004)
  })
})

describe('a connection', () => {
  test('is pinged, and lives as long as it answers', async () => {
    const node = await startTestNode({ config })
    const peer = await node.connect()
    await node.advance(19_900)
    expect(peer.pings).toBe(0)
    for (let ping = 1; ping <= 5; ping++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await node.advance(ping === 1 ? 110 : 20_000)
      expect([ping, peer.pings]).toEqual([ping, ping])
    }
    expect(peer.closed).toBeUndefined()
  })

  test('that does not answer is closed with 3012 when the pong is overdue', async () => {
    const node = await startTestNode({ config })
    const peer = await node.connect({}, { pongs: false })
    await node.advance(20_010)
    expect(peer.pings).toBe(1)
    await node.advance(7_900)
    expect(peer.closed).toBeUndefined()
    await node.advance(200)
    expect(await peer.end()).toEqual({ code: 3012, reason: 'no pong' })
    expect(node.ends()).toEqual(['stopped 3012 no pong'])
  })

  test.each(['a command', 'a ping frame', 'a pong frame'])(
    'is alive by any frame: %s',
    async (what) => {
      const node = await startTestNode({ config })
      const peer = await node.connect({}, { pongs: false })
      const live = () => {
        if (what === 'a command') peer.send({ ping: {} })
        else if (what === 'a ping frame') peer.ws.ping()
        else peer.ws.pong()
      }
      for (let second = 0; second < 100; second += 5) {
        live()
        // oxlint-disable-next-line no-await-in-loop -- as time goes by
        await node.advance(5_000)
      }
      expect(peer.closed).toBeUndefined()
      expect(peer.pings).toBe(5)
    },
  )

  test('is not given up for a stall of our own: its pong is read first', async () => {
    const clock = new JumpClock()
    const node = await startTestNode({ config, clock })
    const [peer, silent] = [await node.connect(), await node.connect({}, { pongs: false })]
    // The pong is about to leave when the loop stands still for longer than it may take.
    peer.ws.prependOnceListener('message', () => clock.jump(30_000))
    clock.jump(20_000)
    await node.until(() => peer.pings === 1 && silent.pings === 1, 'both are pinged')
    await node.settle()
    clock.jump(10)
    expect((await silent.end()).code).toBe(3012)
    await node.settle()
    expect(peer.closed).toBeUndefined()
  })

  test('that we do not read is not given up for what we did not hear', async () => {
    const desk = new URL('../support/behaviors/desk.ts', import.meta.url).pathname
    const rpc = { 'desk.hold': desk, 'desk.release': desk }
    const node = await startTestNode({ config: { ...config, rpc }, askTimeoutMs: 60_000 })
    const [peer, helper] = [await node.connect(), await node.connect()]
    const hold = { rpc: { method: 'desk.hold', data: null } }
    const ids = peer.send(...Array.from({ length: 10 }, () => hold))
    await node.advance(40_000)
    expect(peer.closed).toBeUndefined()
    for (const many of [8, 2]) {
      // oxlint-disable-next-line no-await-in-loop -- in turn
      await helper.call({ rpc: { method: 'desk.release', data: many } })
    }
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await peer.reply(id)).toMatchObject({ rpc: { data: 'released' } })
    }
    await node.advance(60_000)
    expect(peer.closed).toBeUndefined()
  })

  test('is pinged earlier than it was told by up to the jitter, never later', async () => {
    const node = await startTestNode({
      config: { heartbeat: { pingMs: 20_000, jitter: 0.5 } },
      random: () => 0.999,
    })
    const peer = await node.connect()
    await node.advance(10_100)
    expect(peer.pings).toBe(1)
    await node.advance(10_010)
    expect(peer.pings).toBe(2)
  })

  test('without a command for the idle time is closed; pongs do not count', async () => {
    const node = await startTestNode({
      config: { heartbeat: { ...config.heartbeat, idleMs: 45_000 } },
    })
    const peer = await node.connect()
    await node.advance(30_000)
    await peer.call({ publish: { channel: 'lobby', data: 1 } })
    await node.advance(44_900)
    expect(peer.closed).toBeUndefined()
    await node.advance(200)
    expect(await peer.end()).toEqual({ code: 3000, reason: 'idle' })
  })
})
