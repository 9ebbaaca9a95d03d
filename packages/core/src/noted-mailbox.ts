// A mailbox that notes of each message who told it and when. An actor has one while somebody looks at it closely
// (close-up.ts), in the place of its own, so that no other actor's mailbox knows of notes.

import type { Kernel } from './kernel.ts'
import { type Delivery, Mailbox, type MailboxLimits } from './mailbox.ts'
import { Ring } from './ring.ts'

/** What is known of a message but what is in it. */
export interface Note {
  readonly lane: 'user' | 'system'
  /** `room 1f`, or `outside` when no handler was on the stack. Absent for a message that was there before. */
  readonly from?: string
  /** The id of that actor. */
  readonly sender?: string
  /** Clock time; absent for a message that was there before. */
  readonly at?: number
}

/** Of those that were there before. */
const unknown = { user: { lane: 'user' }, system: { lane: 'system' } } as const

export class NotedMailbox extends Mailbox<unknown> {
  /** Of the message that was taken last. */
  taken: Note | undefined = undefined
  readonly #kernel: Pick<Kernel, 'current' | 'clock'>
  #user = new Ring<Note>()
  #system = new Ring<Note>()
  /** What comes in now was there before. */
  #moving = true

  /** Takes over what another one holds. */
  constructor(
    limits: MailboxLimits,
    kernel: Pick<Kernel, 'current' | 'clock'>,
    before: Mailbox<unknown> | null,
  ) {
    super(limits)
    this.#kernel = kernel
    before?.moveTo(this)
    this.#moving = false
  }

  override push(message: unknown, onLost?: (message: unknown) => void): Delivery {
    const delivery = super.push(message, onLost)
    if (delivery === 'displaced') this.#user.take()
    if (delivery === 'accepted' || delivery === 'displaced') this.#user.push(this.#note('user'))
    return delivery
  }

  override pushSystem(message: unknown): void {
    super.pushSystem(message)
    this.#system.push(this.#note('system'))
  }

  override take(): unknown {
    // First: whoever waits for the slot pushes within the call.
    this.taken = (this.systemLength > 0 ? this.#system : this.#user).take()
    return super.take()
  }

  override clear(onEach?: (message: unknown) => void): void {
    this.#user = new Ring()
    this.#system = new Ring()
    super.clear(onEach)
  }

  #note(lane: Note['lane']): Note {
    if (this.#moving) return unknown[lane]
    const { current, clock } = this.#kernel
    const at = clock.now()
    if (current === undefined) return { lane, at, from: 'outside' }
    return { lane, at, from: current.name, sender: current.id }
  }
}
