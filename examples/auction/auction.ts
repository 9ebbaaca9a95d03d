// An auction: a room whose behaviour is an XState machine. `fromMachine` makes an actor of it, whose dumps show the
// machine's state as the substate, and what `describe` adds.
//
//   open ─ openMs ─▶ closing.once ─ goingMs ─▶ closing.twice ─ goingMs ─┬─ a bid ─▶ sold
//    ↺ bid              ▲ ↺ bid                     │ bid               └─ none ──▶ unsold
//                       └───────────────────────────┘
//
// A late bid makes the hammer wait: nobody wins by being the last to press a key. Sold and unsold are for good, yet no
// final states: who comes late may still look. The actor ends with its room.

import { type Behavior, fromMachine, isPromise } from '@sluice/core'
import type { BehaviorInput, RoomEvent, RoomHandle } from '@sluice/node'
import { assign, setup } from 'xstate'
import { type Bid, judge, nextPrice, type Phase, type Standing, type Verdict } from './bids.ts'
import { readTerms, type Terms } from './terms.ts'

/** Where an auction stands: the answer to `look`, and in every publication. */
export interface View {
  lot: string
  phase: Phase
  /** The least that the next bid may be. */
  next: number
  highest: Bid | null
  bids: number
  /** Until the next phase, unless somebody bids; 0 when it is over. */
  leftMs: number
  /** How long this phase is, all in all. */
  phaseMs: number
}

/** A publication: what happened, and where that leaves the auction. Whoever has the newest has all. */
export interface Fact extends View {
  what: 'bid' | Phase
}

interface AuctionInput {
  lot: string
  terms: Terms
  crier: Crier
  now: () => number
}

interface Auction extends AuctionInput, Standing {
  /** When the phase is over unless somebody bids, on the clock of `now`. */
  until: number
  bids: number
}

/** Of all that a room tells its behaviour, an auction hears the calls. */
type Call = Extract<RoomEvent, { type: 'rpc' }>

const machine = setup({
  types: { context: {} as Auction, events: {} as Call, input: {} as AuctionInput },
  delays: {
    open: ({ context }) => context.terms.openMs,
    going: ({ context }) => context.terms.goingMs,
  },
  guards: {
    isLook: ({ event }) => event.method === 'look',
    isBid: ({ event }) => event.method === 'bid',
    isGoodBid: ({ context, event }) =>
      event.method === 'bid' && verdictOn(event, context).bid !== undefined,
    hasBid: ({ context }) => context.highest !== undefined,
  },
  actions: {
    enter: assign(({ context }, phase: Phase) => ({
      phase,
      until: context.now() + lengthOf(phase, context.terms),
    })),
    take: assign(({ context, event }) => ({
      highest: verdictOn(event, context).bid,
      bids: context.bids + 1,
    })),
    tellPhase: ({ context }) => context.crier.tell({ what: context.phase, ...viewOf(context) }),
    tellBid: ({ context }) => context.crier.tell({ what: 'bid', ...viewOf(context) }),
    answer: ({ context, event }) => event.reply.tell(viewOf(context)),
    refuse: ({ context, event }) => event.reply.fail(new Error(verdictOn(event, context).why)),
    wonder: ({ event }) => event.reply.fail(new Error(`no call of an auction: ${event.method}`)),
  },
}).createMachine({
  id: 'auction',
  context: ({ input }) => ({ ...input, phase: 'open', until: 0, highest: undefined, bids: 0 }),
  initial: 'open',
  // A call that no state below takes.
  on: {
    rpc: [
      { guard: 'isLook', actions: 'answer' },
      { guard: 'isBid', actions: 'refuse' },
      { actions: 'wonder' },
    ],
  },
  states: {
    open: {
      entry: [{ type: 'enter', params: 'open' }, 'tellPhase'],
      on: { rpc: { guard: 'isGoodBid', actions: ['take', 'answer', 'tellBid'] } },
      after: { open: 'closing' },
    },
    closing: {
      initial: 'once',
      on: {
        rpc: { guard: 'isGoodBid', target: '.once', actions: ['take', 'answer', 'tellBid'] },
      },
      states: {
        once: {
          entry: [{ type: 'enter', params: 'going once' }, 'tellPhase'],
          after: { going: 'twice' },
        },
        twice: {
          entry: [{ type: 'enter', params: 'going twice' }, 'tellPhase'],
          after: {
            going: [{ guard: 'hasBid', target: '#auction.sold' }, { target: '#auction.unsold' }],
          },
        },
      },
    },
    sold: { entry: [{ type: 'enter', params: 'sold' }, 'tellPhase'] },
    unsold: { entry: [{ type: 'enter', params: 'unsold' }, 'tellPhase'] },
  },
})

/** The behaviour of rooms in which something is sold on these terms. */
export function createAuction(terms: Terms): Behavior<Call, unknown, BehaviorInput> {
  return fromMachine<typeof machine, BehaviorInput>(machine, {
    // An auction that forgot its bids must not go on as if nothing had happened.
    restart: 'temporary',
    input(self, { room }) {
      if (room === undefined) throw new Error('an auction needs a room: name it as a behavior')
      const lot = room.name.slice(room.name.indexOf(':') + 1)
      return { lot, terms, crier: new Crier(room), now: () => self.now }
    },
    describe({ context }) {
      const { lot, highest, bids, crier } = context
      return {
        lot,
        highest: highest?.amount ?? null,
        leader: highest?.name ?? null,
        bids,
        leftMs: viewOf(context).leftMs,
        untold: crier.untold,
      }
    },
    // In the devtool a list of all auctions here, and of each what its bidders see, and why.
    tab: {
      title: 'Auctions',
      columns: ['lot', 'substate', 'highest', 'leader', 'bids', 'leftMs'],
      sort: { by: 'leftMs' },
    },
    inspect: ({ context }) => ({
      ...viewOf(context),
      terms: context.terms,
      untold: context.crier.untold,
    }),
  })
}

export default createAuction(readTerms(process.env))

/** Tells the room. What it could not tell is true all the same: `look` says it, and a dump that some is untold. */
class Crier {
  untold = 0
  readonly #room: RoomHandle

  constructor(room: RoomHandle) {
    this.#room = room
  }

  tell(fact: Fact): void {
    const published = this.#room.publish(fact)
    if (isPromise(published)) published.then(undefined, () => this.untold++)
  }
}

function verdictOn({ data, client }: Call, auction: Auction): Verdict {
  return judge(data, client, auction)
}

function lengthOf(phase: Phase, { openMs, goingMs }: Terms): number {
  if (phase === 'sold' || phase === 'unsold') return 0
  return phase === 'open' ? openMs : goingMs
}

function viewOf(auction: Auction): View {
  const { lot, phase, terms, highest, bids, until, now } = auction
  return {
    lot,
    phase,
    next: nextPrice(auction),
    highest: highest ?? null,
    bids,
    leftMs: Math.max(0, Math.round(until - now())),
    phaseMs: lengthOf(phase, terms),
  }
}
