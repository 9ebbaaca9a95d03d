// The lints that look at one actor, the worst first. Thresholds and defaults are in lint.ts, what to do about each in
// docs/lints.md. Pure.

import type { ActorRow } from '../dump.ts'
import type { ActorLint, LintFacts } from './lint.ts'
import { nameOf, printCount, printDoing, printNumber } from '../phrases.ts'
import { printMs } from '../text/text.ts'

const orphan: ActorLint = {
  name: 'orphan',
  severity: 'fault',
  summary: [
    'actor lives on although its context ended',
    'actors live on although their context ended',
  ],
  check: (actor) => actor.orphan === true,
  weight: ({ endedMs = 0 }) => endedMs,
  sentence: (actor) => {
    const since = actor.endedMs === undefined ? '' : ` ${printMs(actor.endedMs)} after its end`
    return `${nameOf(actor)} lives on${since}: ${actor.ending ?? 'its context ended'}`
  },
  total: ({ orphans }) => orphans,
}

const deadWait: ActorLint = {
  name: 'dead-wait',
  severity: 'fault',
  summary: ['actor waits on a dead one', 'actors wait on dead ones'],
  check: ({ wait }, { deadWaitMs }) => wait?.dead === true && wait.ms >= deadWaitMs,
  weight: waited,
  sentence: (actor) => {
    const { target, actor: id } = actor.wait!
    return `${nameOf(actor)} has waited ${printMs(actor.wait!.ms)} (${actor.wait!.class}) on ${target} ${id}, which is dead`
  },
}

const stuckHandler: ActorLint = {
  name: 'stuck-handler',
  severity: 'fault',
  summary: ['handler does not come to an end', 'handlers do not come to an end'],
  check: ({ state, ms, wait }, { stuckMs, awaitMs }) =>
    (state === 'running' && ms >= stuckMs) || (wait?.class === 'promise' && wait.ms >= awaitMs),
  weight: ({ ms }) => ms,
  sentence: (actor, facts) => {
    if (actor.state === 'running') return holding(actor, facts)
    const doing = actor.message === undefined ? '' : ` while handling ${actor.message}`
    return `${nameOf(actor)} has awaited something without a name for ${printMs(actor.wait!.ms)}${doing}${behind(actor)}`
  },
}

const lostWakeup: ActorLint = {
  name: 'lost-wakeup',
  severity: 'fault',
  summary: [
    'actor waits without a deadline on what nobody may ever end',
    'actors wait without a deadline on what nobody may ever end',
  ],
  check: ({ wait, deadlineMs }, { lostMs, dump }) =>
    wait !== undefined &&
    wait.ms >= lostMs &&
    // Sockets and unnamed awaits have lints of their own; who is waited on can still end it.
    !['socket', 'promise'].includes(wait.class) &&
    wait.actor === undefined &&
    wait.leftMs === undefined &&
    deadlineMs === undefined &&
    dump.described !== 'never',
  weight: waited,
  sentence: (actor) => {
    const { class: wait, target, ms } = actor.wait!
    return `${nameOf(actor)} has waited ${printMs(ms)} on ${`${wait} ${target}`.trim()}, without a deadline${behind(actor)}`
  },
}

const longTurn: ActorLint = {
  name: 'long-turn',
  severity: 'warning',
  summary: ['handler holds the loop', 'handlers hold the loop'],
  check: ({ state, ms }, { turnMs, stuckMs }) =>
    state === 'running' && ms >= turnMs && ms < stuckMs,
  weight: ({ ms }) => ms,
  sentence: holding,
}

const overdueWait: ActorLint = {
  name: 'overdue-wait',
  severity: 'warning',
  summary: ['wait is past its deadline', 'waits are past their deadline'],
  // A peer that reads all the time without ever being done is past it too, and is no fault.
  check: ({ wait }, { overdueMs }) =>
    wait !== undefined && wait.class !== 'socket' && (wait.leftMs ?? 0) <= -overdueMs,
  weight: ({ wait }) => -(wait?.leftMs ?? 0),
  sentence: (actor) => {
    const { leftMs = 0 } = actor.wait!
    return `${nameOf(actor)} [${printDoing(actor)}] should have given up ${printMs(-leftMs)} ago`
  },
}

const slowConsumer: ActorLint = {
  name: 'slow-consumer',
  severity: 'warning',
  summary: ['peer does not read fast enough', 'peers do not read fast enough'],
  check: (actor, { socketMs, queueBytes }) =>
    (actor.wait?.class === 'socket' && actor.wait.ms >= socketMs) || queued(actor) >= queueBytes,
  weight: (actor) => queued(actor) || waited(actor),
  sentence: (actor) => {
    const queue = queued(actor)
    const bytes = queue === 0 ? '' : `${printNumber(queue)} bytes queued`
    const time =
      actor.wait?.class === 'socket' ? `its peer has been behind for ${printMs(actor.wait.ms)}` : ''
    return `${nameOf(actor)}: ${[time, bytes].filter((part) => part !== '').join(', ')}`
  },
}

const growingMailbox: ActorLint = {
  name: 'growing-mailbox',
  severity: 'warning',
  summary: ['mailbox grows', 'mailboxes grow'],
  check: (actor, { before, mailboxGrowth, growthMs }) => {
    if (before === undefined || before.agoMs < growthMs || actor.mailbox < mailboxGrowth) {
      return false
    }
    const earlier = before.actor(actor.id)
    return earlier !== undefined && actor.mailbox - earlier.mailbox >= mailboxGrowth
  },
  weight: ({ mailbox }) => mailbox,
  sentence: (actor, { before }) => {
    const earlier = before!.actor(actor.id)!
    const handled = Math.max(0, actor.handled - earlier.handled)
    const came = handled + actor.mailbox - earlier.mailbox
    const [from, to] = [printNumber(earlier.mailbox), printNumber(actor.mailbox)]
    return `${nameOf(actor)}: mailbox ${from} → ${to} in ${printMs(before!.agoMs)}; it handled ${printNumber(handled)} of the ${printNumber(came)} messages that came`
  },
}

const deepMailbox: ActorLint = {
  name: 'deep-mailbox',
  severity: 'warning',
  summary: ['mailbox is deep', 'mailboxes are deep'],
  check: (actor, facts) => actor.mailbox >= facts.mailbox && !growingMailbox.check(actor, facts),
  weight: ({ mailbox }) => mailbox,
  sentence: (actor) =>
    `${nameOf(actor)} [${printDoing(actor)}] has ${printCount(actor.mailbox, 'message')} to handle, and has handled ${printNumber(actor.handled)}`,
}

const restartStorm: ActorLint = {
  name: 'restart-storm',
  severity: 'warning',
  summary: ['actor restarts again and again', 'actors restart again and again'],
  check: (actor, { before, restarts, restartsPerMinute }) => {
    if (actor.restarts < restarts) return false
    const earlier = before?.actor(actor.id)
    const [count, overMs] =
      earlier === undefined
        ? [actor.restarts, actor.ageMs]
        : [actor.restarts - earlier.restarts, before!.agoMs]
    return count >= restarts && count * 60_000 >= restartsPerMinute * overMs
  },
  weight: ({ restarts }) => restarts,
  sentence: (actor) => {
    const last = actor.restarted === undefined ? '' : `, last after ${actor.restarted}`
    return `${nameOf(actor)} has restarted ${printCount(actor.restarts, 'time')} in ${printMs(actor.ageMs)}${last}`
  },
}

const timerFlood: ActorLint = {
  name: 'timer-flood',
  severity: 'warning',
  summary: ['actor sets timers without end', 'actors set timers without end'],
  check: (actor, { timers }) => (actor.timers ?? 0) >= timers,
  weight: ({ timers = 0 }) => timers,
  sentence: (actor) =>
    `${nameOf(actor)} has set ${printCount(actor.timers!, 'timer')} that have not come yet`,
}

export const actorLints: readonly ActorLint[] = [
  orphan,
  deadWait,
  stuckHandler,
  lostWakeup,
  longTurn,
  overdueWait,
  slowConsumer,
  growingMailbox,
  deepMailbox,
  restartStorm,
  timerFlood,
]

function waited({ wait }: ActorRow): number {
  return wait?.ms ?? 0
}

/** What a behaviour says that it has queued for its peer. */
function queued({ more }: ActorRow): number {
  return typeof more?.['queue'] === 'number' ? more['queue'] : 0
}

function behind({ mailbox }: ActorRow): string {
  return mailbox === 0 ? '' : `; ${printCount(mailbox, 'message')} behind it`
}

/** Also where the loop stands, in a dump that a watchdog took. */
function holding(actor: ActorRow, { dump }: LintFacts): string {
  const doing = actor.message === undefined ? '' : ` ${actor.message}`
  const [frame] = dump.stack ?? []
  const place = frame === undefined ? '' : `: ${`${frame.function} at ${frame.at}`.trim()}`
  return `${nameOf(actor)} has been running${doing} for ${printMs(actor.ms)}${place}`
}
