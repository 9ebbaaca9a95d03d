import { request as httpRequest } from 'node:http'
import { SluiceError } from '@sluice/core'
import { describe, expect, test } from 'vitest'
import { callApi, errorOf, listenTo, resultOf, startTestNode } from './harness.ts'

describe('a call', () => {
  test('without the right key is 401, and is not read', async () => {
    const node = await startTestNode()
    const unauthorized = { status: 401, body: { error: { code: 101, message: 'unauthorized' } } }
    expect(await callApi(node, 'info', {}, {})).toEqual(unauthorized)
    expect(await callApi(node, 'info', 'no json', { 'X-API-Key': 'keys' })).toEqual(unauthorized)
    expect(await callApi(node, 'nothing', {}, { 'X-API-Key': '' })).toEqual(unauthorized)
  })

  test('is 401 with any key while none is configured', async () => {
    const node = await startTestNode({ apiKey: undefined })
    const answer = await callApi(node, 'info', {}, { 'X-API-Key': '' })
    expect(answer.status).toBe(401)
  })

  test('needs no key in insecure mode, unless there is one', async () => {
    const open = await startTestNode({ apiKey: undefined, insecure: true })
    expect((await callApi(open, 'info', {}, {})).status).toBe(200)
    const keyed = await startTestNode({ insecure: true })
    expect((await callApi(keyed, 'info', {}, {})).status).toBe(401)
  })

  test('is 400 when its body is not JSON, and says where', async () => {
    const node = await startTestNode()
    expect(await callApi(node, 'publish', '{"channel":\n nope}')).toEqual({
      status: 400,
      body: {
        error: {
          code: 107,
          message: 'bad request: the body is not JSON: line 2, column 2: expected a value',
        },
      },
    })
    expect((await callApi(node, 'publish', '')).status).toBe(400)
  })

  test('is 413 when its body is larger than 1 MiB', async () => {
    const node = await startTestNode()
    const fits = { channel: 'room', data: '' }
    fits.data = 'x'.repeat(1_048_576 - JSON.stringify(fits).length)
    expect((await callApi(node, 'publish', fits)).status).toBe(200)
    fits.data += 'x'
    expect(await callApi(node, 'publish', fits)).toEqual({
      status: 413,
      body: {
        error: {
          code: 106,
          message: 'limit exceeded: the body is larger than 1048576 bytes',
        },
      },
    })
  })

  test('of an unknown method is error 104', async () => {
    const node = await startTestNode()
    const unknown = { code: 104, message: 'method not found' }
    expect(await errorOf(node, 'nothing', {})).toEqual(unknown)
    expect(await errorOf(node, 'constructor', {})).toEqual(unknown)
    expect(await errorOf(node, 'publish/', {})).toEqual(unknown)
  })

  test('is POST, and nothing else', async () => {
    const node = await startTestNode()
    const response = await fetch(`${node.urls.client}/api/info`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('is answered as JSON that nobody keeps, and to no other origin', async () => {
    const node = await startTestNode()
    const response = await fetch(`${node.urls.client}/api/info`, {
      method: 'POST',
      headers: { 'X-API-Key': 'key', Origin: 'https://elsewhere.example' },
    })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('names every key that is wrong, and those it does not know', async () => {
    const node = await startTestNode()
    const body = { channel: 'a room', tags: { a: 1 }, skip_history: 'yes', chanel: 'x' }
    expect(await errorOf(node, 'publish', body)).toEqual({
      code: 107,
      message:
        'bad request: channel: expected a room: printable ASCII without spaces, at most 255 characters, got "a room"; ' +
        'data: expected a JSON value, got nothing; tags.a: expected text, got 1; ' +
        'skip_history: expected true or false, got "yes"; chanel: unknown key',
    })
    expect(await errorOf(node, 'publish', [])).toEqual({
      code: 107,
      message: 'bad request: expected an object, got a list',
    })
    expect((await errorOf(node, 'info', { a: 1 })).code).toBe(107)
  })

  test('is refused when it is nested so deep that others could stumble over it', async () => {
    const node = await startTestNode()
    const nested = (depth: number): string =>
      `{"channel":"room","data":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect((await callApi(node, 'publish', nested(66))).body).toEqual({ result: {} })
    const tooDeep = { error: { code: 107, message: 'bad request: nested deeper than 67 levels' } }
    expect((await callApi(node, 'publish', nested(67))).body).toEqual(tooDeep)
    expect((await callApi(node, 'publish', nested(200_000))).body).toEqual(tooDeep)
  })

  test('tells the node its method, its time and its error', async () => {
    const node = await startTestNode()
    const calls = listenTo(node, 'api.called')
    await callApi(node, 'publish', { channel: 'room', data: 1 })
    await callApi(node, 'publish', { channel: 'no:room', data: 1 })
    await callApi(node, 'whatever a client writes', {})
    await callApi(node, 'info', {}, {})
    await callApi(node, 'info', '{')
    expect(calls.map(({ method, error }) => [method, error])).toEqual([
      ['publish', 0],
      ['publish', 102],
      ['unknown', 104],
      ['info', 101],
      ['info', 107],
    ])
    expect(calls.every(({ ms }) => ms >= 0)).toBe(true)
  })

  test('that the bus fails is error 100, told to the node, or what the bus says', async () => {
    const node = await startTestNode()
    const crashes = listenTo(node, 'command.crashed')
    const fail = (error: Error): void => {
      node.services.bus.nodes = async () => {
        throw error
      }
    }
    fail(new Error('a detail'))
    expect(await errorOf(node, 'info', {})).toEqual({
      code: 100,
      message: 'internal server error',
    })
    fail(new SluiceError('closed', 'the bus is closed'))
    expect(await errorOf(node, 'info', {})).toEqual({ code: 108, message: 'not available' })
    fail(new SluiceError('capacity_exceeded', 'too much in line'))
    expect(await errorOf(node, 'info', {})).toEqual({ code: 111, message: 'too many requests' })
    expect(crashes).toEqual([
      { name: 'command.crashed', client: '', method: 'info', error: new Error('a detail') },
    ])
  })

  test('whose caller hangs up harms nobody', async () => {
    const node = await startTestNode()
    const crashes = listenTo(node, 'command.crashed')
    const waiting = Promise.withResolvers<never>()
    const asked = new Promise<void>((resolve) => {
      node.services.bus.nodes = () => {
        resolve()
        return waiting.promise
      }
    })
    const request = httpRequest(`${node.urls.client}/api/info`, {
      method: 'POST',
      headers: { 'X-API-Key': 'key' },
      agent: false,
    })
    request.on('error', () => {})
    request.end()
    await asked
    const closed = new Promise((resolve) => request.once('close', resolve))
    request.destroy()
    await closed
    const called = new Promise((resolve) => node.events.on(resolve))
    waiting.reject(new SluiceError('closed', 'too late'))
    expect(await called).toMatchObject({ name: 'api.called', error: 108 })
    expect(crashes).toEqual([])
  })
})

describe('a batch', () => {
  test('answers every command in its place', async () => {
    const node = await startTestNode({ rooms: { default: { history: { size: 9, ttl: '60s' } } } })
    const { replies } = await resultOf(node, 'batch', {
      commands: [
        { publish: { channel: 'room', data: 1 } },
        { publish: { channel: 'no:room', data: 1 } },
        { nothing: {} },
        { publish: {}, info: {} },
        {},
        null,
        'publish',
        [{ info: {} }],
        { batch: { commands: [] } },
        { history: { channel: 'room', limit: -1 } },
      ],
    })
    const alone = {
      error: { code: 107, message: 'bad request: expected an object whose only key is a method' },
    }
    const unknown = { error: { code: 104, message: 'method not found' } }
    const epoch = expect.any(String) as string
    expect(replies).toEqual([
      { publish: { offset: 1, epoch } },
      { error: { code: 102, message: 'unknown channel' } },
      unknown,
      alone,
      alone,
      alone,
      alone,
      alone,
      unknown,
      { history: { publications: [{ data: 1, offset: 1 }], offset: 1, epoch } },
    ])
  })

  test('has its publishes under way together, in order, and reads after them', async () => {
    const node = await startTestNode({ rooms: { default: { history: { size: 9, ttl: '60s' } } } })
    const { bus } = node.services
    const order: string[] = []
    const publish = bus.publish.bind(bus)
    const history = bus.history.bind(bus)
    const all = Promise.withResolvers<void>()
    bus.publish = async (room, data, options) => {
      order.push('publish')
      if (order.length === 3) all.resolve()
      await all.promise
      order.push('published')
      return publish(room, data, options)
    }
    bus.history = (...query) => {
      order.push('history')
      return history(...query)
    }
    await resultOf(node, 'batch', {
      commands: [
        { publish: { channel: 'room', data: 1 } },
        { broadcast: { channels: ['room', 'room'], data: 2 } },
        { history: { channel: 'room' } },
      ],
    })
    expect(order).toEqual([
      ...['publish', 'publish', 'publish'],
      ...['published', 'published', 'published'],
      'history',
    ])
  })

  test('has a thousand commands at most', async () => {
    const node = await startTestNode()
    const commands = Array.from({ length: 1_000 }, () => ({ publish: { channel: 'a', data: 1 } }))
    const { replies } = await resultOf(node, 'batch', { commands })
    expect(replies).toHaveLength(1_000)
    expect(await errorOf(node, 'batch', { commands: [...commands, commands[0]] })).toEqual({
      code: 106,
      message: 'limit exceeded: at most 1000 commands',
    })
  })

  test('without commands is a bad request', async () => {
    const node = await startTestNode()
    expect(await errorOf(node, 'batch', {})).toEqual({
      code: 107,
      message: 'bad request: commands: expected a list of commands, got nothing',
    })
  })
})
