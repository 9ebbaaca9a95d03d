// When an identity or a subscription is over. Clients refresh when the time they were told has passed, so the end
// comes a little later than they were told. Pure.

/** How long a refresh may take, after the time is over. */
const refreshGraceMs = 5_000

/** Milliseconds until nobody will refresh any more. `at` in seconds since 1970, `wall` in milliseconds. */
export function untilRefreshOver(at: number, wall: number): number {
  return Math.max(0, at * 1_000 - wall) + refreshGraceMs
}

/** What the client is told: whole seconds, at least one. */
export function secondsLeft(at: number, wall: number): number {
  return Math.max(1, Math.ceil((at * 1_000 - wall) / 1_000))
}
