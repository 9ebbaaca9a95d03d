// One dump at a time, whichever thread writes it.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DumpTurn } from '../../src/seeing/dump-turn.ts'
import { Watchdog } from '../../src/seeing/watchdog.ts'
import type { NodeEvent } from '../../src/events.ts'
import type { RunningNode } from '../../src/node.ts'
import { startTestNode } from '../http/harness.ts'
import { write, type WriterOrder } from '../support/dump-writer.ts'

const writer = new URL('../support/dump-writer.ts', import.meta.url)
const giver = new URL('../support/turn-giver.ts', import.meta.url)

/** Another thread gives the watchdog's turn back in a moment, having said so. */
async function giveSoon(turn: DumpTurn): Promise<Int32Array> {
  const given = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(giver, { workerData: { turn: turn.buffer, given } })
  onTestFinished(() => void thread.terminate())
  await once(thread, 'message')
  thread.postMessage('go')
  return given
}

describe('the turn to write a dump', () => {
  test('is one thread’s at a time', async () => {
    const order: WriterOrder = {
      turn: new DumpTurn().buffer,
      said: new SharedArrayBuffer(16),
      times: 100_000,
    }
    const thread = new Worker(writer, { workerData: order })
    write('loop', order)
    await once(thread, 'exit')
    expect([...new Int32Array(order.said)]).toEqual([200_000, 0, 0, 2])
  })

  test('of the loop is given to a watchdog that has seen it stand still, and to nobody else', () => {
    const turn = new DumpTurn()
    expect(turn.take('loop')).toBe(true)
    expect(turn.take('watchdog')).toBe(false)
    expect(turn.take('watchdog', 'loop')).toBe(true)
    turn.give('loop')
    expect(turn.take('loop')).toBe(false)
    turn.give('watchdog')
    expect(turn.take('loop')).toBe(true)
  })

  test('is waited for by a process that ends', async () => {
    const node = await startTestNode()
    const { dumper } = node.services
    dumper.turn.take('watchdog')
    const given = await giveSoon(dumper.turn)
    expect(dumper.crash(new Error('late'))).toMatchObject({ what: 'written' })
    expect(Atomics.load(given, 0)).toBe(1)
    expect(dumper.turn.take('watchdog')).toBe(true)
  })

  test('is not waited for without end', () => {
    const turn = new DumpTurn()
    turn.take('watchdog')
    turn.insist('end', 10, 'loop')
    turn.give('watchdog')
    expect(turn.take('loop')).toBe(false)
    turn.give('end')
    expect(turn.take('loop')).toBe(true)
  })
})

describe('a watchdog that sees a heap near its limit', () => {
  async function startNear(): Promise<RunningNode> {
    const node = await startTestNode({ dumps: { watchdog: false } })
    node.services.options.dumps.heapShare = 0.001
    return node
  }

  function watch(node: RunningNode): Watchdog {
    const watchdog = new Watchdog(node.services)
    onTestFinished(() => watchdog.close())
    return watchdog
  }

  const next = (node: RunningNode, name: NodeEvent['name']): Promise<NodeEvent> =>
    new Promise((resolve) => node.events.on((event) => event.name === name && resolve(event)))

  test('writes nothing while the main thread does', async () => {
    const node = await startNear()
    node.services.dumper.turn.take('loop')
    const skipped = next(node, 'dump.skipped')
    watch(node)
    expect(await skipped).toMatchObject({ trigger: 'heap', why: 'busy' })
    expect(node.services.dumper.archive.list()).toEqual([])
  })

  test('gives its turn back when it has written', async () => {
    const node = await startNear()
    const written = next(node, 'dump.written')
    watch(node)
    expect(await written).toMatchObject({ trigger: 'heap' })
    expect(await node.services.dumper.dump({ trigger: 'request' })).toMatchObject({
      what: 'written',
    })
  })

  test('and ends while it writes keeps nobody from writing', async () => {
    const node = await startNear()
    const { dumper } = node.services
    const watchdog = watch(node)
    dumper.turn.take('watchdog')
    expect(await dumper.dump({ trigger: 'request' })).toEqual({ what: 'skipped', why: 'busy' })
    await watchdog.close()
    expect(await dumper.dump({ trigger: 'request' })).toMatchObject({ what: 'written' })
  })
})
