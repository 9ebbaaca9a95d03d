// Which bid is good. Pure: from what a client sent, who it is and where the auction stands, to a verdict with its reason.

import type { Terms } from './terms.ts'

export type Phase = 'open' | 'going once' | 'going twice' | 'sold' | 'unsold'

/** A bid that was taken. */
export interface Bid {
  /** Whose it is: the user, or the connection of one who has no name. */
  bidder: string
  /** What the bidder goes by. */
  name: string
  amount: number
}

/** Where an auction stands, as far as a bid is concerned. */
export interface Standing {
  phase: Phase
  terms: Terms
  highest: Bid | undefined
}

export interface Verdict {
  /** The bid, if it is good. */
  bid?: Bid
  /** Why it is not; empty if it is. */
  why: string
}

/** The least that the next bid may be. */
export function nextPrice({ terms, highest }: Standing): number {
  return highest === undefined ? terms.startPrice : highest.amount + terms.step
}

/** Judges what a client sent, which may be anything. */
export function judge(
  data: unknown,
  client: { client: string; user: string },
  standing: Standing,
): Verdict {
  const { phase, highest } = standing
  const { amount, name } = fieldsOf(data)
  const bidder = client.user || client.client
  const least = nextPrice(standing)
  if (phase === 'sold') return { why: `closed: sold to ${highest?.name} for ${highest?.amount}` }
  if (phase === 'unsold') return { why: 'closed: the lot was not sold' }
  if (!isAmount(amount)) return { why: 'no bid: amount must be a whole number' }
  if (highest?.bidder === bidder) return { why: 'own bid: you are leading already' }
  if (amount < least) return { why: `too low: bid at least ${least}` }
  return { bid: { bidder, name: nameOf(name), amount }, why: '' }
}

function isAmount(given: unknown): given is number {
  return Number.isSafeInteger(given)
}

function nameOf(given: unknown): string {
  const name = typeof given === 'string' ? Array.from(given.trim()).slice(0, 24).join('') : ''
  return name || 'somebody'
}

function fieldsOf(data: unknown): { amount?: unknown; name?: unknown } {
  return typeof data === 'object' && data !== null ? data : {}
}
