// A node without its ports: the real kernel, bus, rooms and edge, behind connections in memory and on a clock that is
// moved by hand.

import { createServer, type Server } from 'node:http'
import { type Bus, type BusHost, createMemoryBus } from '@sluice/cluster'
import { type Clock, createSystem, Events, ManualClock, type System } from '@sluice/core'
import { resolveDecodeLimits } from '@sluice/protocol'
import { onTestFinished } from 'vitest'
import { createToken, createTokenVerifier, type TokenRequest } from '../../src/auth/tokens.ts'
import { createBusHost } from '../../src/bus-host.ts'
import { Edge } from '../../src/edge/edge.ts'
import { Registry } from '../../src/edge/registry.ts'
import { Writer } from '../../src/edge/writer.ts'
import type { NodeEvent } from '../../src/events.ts'
import { loadModules } from '../../src/extend/modules.ts'
import { RpcRouter } from '../../src/extend/rpc.ts'
import type { NodeConfig } from '../../src/option-schema.ts'
import { resolveOptions } from '../../src/options.ts'
import { createRoomLookup } from '../../src/room-lookup.ts'
import { Directory } from '../../src/rooms/directory.ts'
import { Services } from '../../src/services.ts'
import { type End, createLink } from './link.ts'
import { Peer, type PeerOptions } from './peer.ts'

/** Signs the tokens of these tests. */
export const secret = 'a secret of thirty-two bytes or more'

export interface TestNodeOptions {
  /** Over `insecure`, any origin and `secret`. */
  config?: NodeConfig
  /** Puts something between the node and its bus. */
  bus?: (bus: Bus, host: BusHost) => Bus
  random?: () => number
  askTimeoutMs?: number
  /** Default: one that is moved by hand. */
  clock?: Clock
}

export class TestNode {
  readonly services: Services
  readonly server: Server
  readonly events: NodeEvent[] = []
  /** Timers that wait while nobody is connected. */
  baseline = 0
  #turn: Promise<void> | undefined = undefined

  constructor(services: Services, server: Server) {
    this.services = services
    this.server = server
    services.events.on((event) => this.events.push(event))
  }

  get system(): System {
    return this.services.system
  }

  /** Opens a socket and shakes hands. */
  async open(options: PeerOptions = {}): Promise<Peer> {
    const peer = this.dial(options)
    await this.until(() => peer.ws.readyState === peer.ws.OPEN, 'the socket is open')
    return peer
  }

  /** Begins to open a socket. */
  dial(options: PeerOptions = {}): Peer {
    const { here, there } = createLink(options.highWaterMark)
    const peer = new Peer(this, there, options)
    this.arrive(here)
    return peer
  }

  /** As an accepted TCP connection. */
  arrive(end: End): void {
    this.server.emit('connection', end)
  }

  /** Opens a socket and connects. */
  async connect(request: Record<string, unknown> = {}, options: PeerOptions = {}): Promise<Peer> {
    const peer = await this.open(options)
    const reply = await peer.call({ connect: request })
    peer.client = (reply['connect'] as { client?: string } | undefined)?.client ?? ''
    return peer
  }

  /** A token of this node's own secret, from now on. */
  token(request: TokenRequest): Promise<string> {
    return createToken(secret, request, Math.floor(this.system.clock.wall() / 1_000))
  }

  /** Lets everything happen that is due now, until `done`. */
  async until(done: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 4_000
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- turn by turn
      await this.turn()
      if (done()) return
      if (performance.now() > deadline) throw new Error(`still not true: ${what}`)
    }
  }

  /** Lets everything happen that is due now, for some turns: to see that nothing more comes. */
  async settle(turns = 20): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- turn by turn
    for (let turn = 0; turn < turns; turn++) await this.turn()
  }

  /** Moves the clock on. */
  async advance(ms: number): Promise<void> {
    await (this.services.system.clock as ManualClock).advanceAsync(ms)
    await this.settle()
  }

  /** One turn, however many wait for it. */
  turn(ms = 0): Promise<void> {
    this.#turn ??= this.#begin(ms).finally(() => {
      this.#turn = undefined
    })
    return this.#turn
  }

  async #begin(ms: number): Promise<void> {
    const { clock } = this.services.system
    if (clock instanceof ManualClock) await clock.advanceAsync(ms)
    else await new Promise((resolve) => setImmediate(resolve))
  }

  /** Live actors of a behaviour. */
  count(behavior: string): number {
    return this.system.actors.filter((actor) => actor?.behavior.name === behavior).length
  }

  /** How the connections ended, the newest first. */
  ends(behavior = 'connection'): string[] {
    return this.system.tombstones
      .list()
      .filter((tombstone) => tombstone.behavior === behavior)
      .map(({ end }) => `${end.code} ${end.detail}`)
  }

  /** Everything that a connection brings is gone again. */
  isClean(): boolean {
    const { services, system } = this
    return (
      this.count('connection') === 0 &&
      services.edge.sockets === 0 &&
      services.registry.clients === 0 &&
      services.registry.users === 0 &&
      system.wheel.size === this.baseline
    )
  }

  /** Ends the node, past every grace time. */
  async stop(): Promise<void> {
    const state = { stopped: false }
    void this.system.stop('the test is over').then(() => (state.stopped = true))
    // oxlint-disable-next-line no-await-in-loop -- turn by turn
    while (!state.stopped) await this.turn(100)
    await this.services.bus.close()
  }
}

/** A node that is stopped when the test is over. */
export async function startTestNode(given: TestNodeOptions = {}): Promise<TestNode> {
  const { options } = resolveOptions({
    insecure: true,
    origins: ['*'],
    tokenSecret: secret,
    ...given.config,
  })
  const clock = given.clock ?? new ManualClock({ nowMs: 1_000 })
  const system = createSystem({
    clock,
    maxActors: options.limits.maxActors === 1_048_576 ? 4_096 : options.limits.maxActors,
    recorderSize: 1_024,
    random: given.random ?? (() => 0.5),
    ...(given.askTimeoutMs !== undefined && { askTimeoutMs: given.askTimeoutMs }),
  })
  const events = new Events<NodeEvent>()
  system.events.on((event) => events.emit(event))
  const services = new Services({
    options,
    system,
    events,
    version: 'test',
    uid: 'node-uid',
    writer: new Writer(system),
    lookup: createRoomLookup(options.rooms),
    verifier: createTokenVerifier(options.tokens),
    decodeLimits: resolveDecodeLimits({ maxCommands: options.limits.maxCommandsPerFrame }),
  })
  services.modules = await loadModules(options, system)
  services.registry = new Registry()
  services.directory = new Directory(services)
  services.rpc = new RpcRouter(services)
  services.edge = new Edge(services)
  const host = createBusHost(services)
  const memory = createMemoryBus(host, { clock })
  services.bus = given.bus?.(memory, host) ?? memory
  const server = createServer()
  let open = false
  const node = new TestNode(services, server)
  system.spawn(services.directory.behavior())
  system.spawn(services.rpc.behavior())
  system.spawn(services.edge.behavior(server, () => (open = true)))
  onTestFinished(() => node.stop())
  await node.until(() => open, 'the edge is up')
  node.baseline = system.wheel.size
  return node
}
