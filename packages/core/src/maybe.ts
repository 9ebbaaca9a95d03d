// Handlers may be synchronous or not; these two words let the fast path stay free of promises.

/** A value now, or later. */
export type MaybePromise<T> = T | Promise<T>

/**
 * Tells whether a value must be awaited. Asks for `then` instead of the class, so that promises of another realm or
 * library count; only objects are asked, as a function with a `then` is more likely somebody's builder than a promise.
 */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
