// The `centrifuge` client from npm as it is, with a journal of everything it tells. Closed when its test ends.

import {
  Centrifuge,
  type ClientInfo,
  type ConnectedContext,
  type ConnectingContext,
  type DisconnectedContext,
  type ErrorContext,
  type JoinContext,
  type LeaveContext,
  type Options,
  type PublicationContext,
  type ServerSubscribedContext,
  type ServerUnsubscribedContext,
  type SubscribedContext,
  type SubscribingContext,
  type Subscription,
  type SubscriptionErrorContext,
  type SubscriptionOptions,
  type UnsubscribedContext,
} from 'centrifuge'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { Journal } from './journal.ts'

/** Where a gateway takes clients. */
export interface Reachable {
  /** The URL of the client port, such as `http://127.0.0.1:8000`. */
  readonly client: string
}

/** How to hear of the end of a test; tests that run beside each other each have their own. */
export type Finished = (ended: () => void) => void

/** A client that is told to connect; whether it does, its journals say. */
export function createClient(
  gateway: Reachable,
  options: Partial<Options> = {},
  finished: Finished = onTestFinished,
): Client {
  const client = new Client(gateway.client, options)
  finished(() => client.close())
  client.centrifuge.connect()
  return client
}

/** A client that is connected. */
export async function connectClient(
  gateway: Reachable,
  options: Partial<Options> = {},
  finished: Finished = onTestFinished,
): Promise<Client> {
  const client = createClient(gateway, options, finished)
  await client.connected.nth(1)
  return client
}

export class Client {
  readonly centrifuge: Centrifuge
  readonly connecting = new Journal<ConnectingContext>('connecting')
  readonly connected = new Journal<ConnectedContext>('connected')
  readonly disconnected = new Journal<DisconnectedContext>('disconnected')
  readonly errors = new Journal<ErrorContext>('errors')
  // Of subscriptions that the server made:
  readonly subscribed = new Journal<ServerSubscribedContext>('server-side subscribed')
  readonly unsubscribed = new Journal<ServerUnsubscribedContext>('server-side unsubscribed')
  readonly publications = new Journal<PublicationContext>('server-side publications')
  readonly joins = new Journal<JoinContext>('server-side joins')
  readonly leaves = new Journal<LeaveContext>('server-side leaves')

  constructor(url: string, options: Partial<Options>) {
    const centrifuge = new Centrifuge(`${url.replace(/^http/, 'ws')}/connection/websocket`, {
      websocket: WebSocket,
      // The client's own defaults are for people; a test has no reason to wait.
      minReconnectDelay: 10,
      maxReconnectDelay: 100,
      ...options,
    })
    this.centrifuge = centrifuge
    centrifuge.on('connecting', (context) => this.connecting.add(context))
    centrifuge.on('connected', (context) => this.connected.add(context))
    centrifuge.on('disconnected', (context) => this.disconnected.add(context))
    centrifuge.on('error', (context) => this.errors.add(context))
    centrifuge.on('subscribed', (context) => this.subscribed.add(context))
    centrifuge.on('unsubscribed', (context) => this.unsubscribed.add(context))
    centrifuge.on('publication', (context) => this.publications.add(context))
    centrifuge.on('join', (context) => this.joins.add(context))
    centrifuge.on('leave', (context) => this.leaves.add(context))
  }

  /** The id that the gateway gave this client's latest connection. */
  get id(): string {
    return this.connected.entries.at(-1)?.client ?? ''
  }

  /** Asks to be let into a room; whether it is, the room's journals say. */
  enter(channel: string, options: Partial<SubscriptionOptions> = {}): Room {
    const subscription = this.centrifuge.newSubscription(channel, {
      minResubscribeDelay: 10,
      maxResubscribeDelay: 100,
      ...options,
    })
    const room = new Room(subscription)
    subscription.subscribe()
    return room
  }

  /** Enters a room. */
  async subscribe(channel: string, options: Partial<SubscriptionOptions> = {}): Promise<Room> {
    const room = this.enter(channel, options)
    await room.subscribed.nth(1)
    return room
  }

  close(): void {
    this.centrifuge.disconnect()
    for (const subscription of Object.values(this.centrifuge.subscriptions())) {
      this.centrifuge.removeSubscription(subscription)
    }
  }
}

/** A client in a room, and what it hears there. */
export class Room {
  readonly subscription: Subscription
  readonly subscribing: Journal<SubscribingContext>
  readonly subscribed: Journal<SubscribedContext>
  readonly unsubscribed: Journal<UnsubscribedContext>
  readonly errors: Journal<SubscriptionErrorContext>
  readonly publications: Journal<PublicationContext>
  readonly joins: Journal<ClientInfo>
  readonly leaves: Journal<ClientInfo>

  constructor(subscription: Subscription) {
    const { channel } = subscription
    this.subscription = subscription
    this.subscribing = new Journal(`${channel} subscribing`)
    this.subscribed = new Journal(`${channel} subscribed`)
    this.unsubscribed = new Journal(`${channel} unsubscribed`)
    this.errors = new Journal(`${channel} errors`)
    this.publications = new Journal(`${channel} publications`)
    this.joins = new Journal(`${channel} joins`)
    this.leaves = new Journal(`${channel} leaves`)
    subscription.on('subscribing', (context) => this.subscribing.add(context))
    subscription.on('subscribed', (context) => this.subscribed.add(context))
    subscription.on('unsubscribed', (context) => this.unsubscribed.add(context))
    subscription.on('error', (context) => this.errors.add(context))
    subscription.on('publication', (context) => this.publications.add(context))
    subscription.on('join', ({ info }) => this.joins.add(info))
    subscription.on('leave', ({ info }) => this.leaves.add(info))
  }

  /** What was published, in the order heard. */
  get data(): unknown[] {
    return this.publications.entries.map(({ data }) => data as unknown)
  }
}
