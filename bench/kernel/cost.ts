// What work costs: processor time of this thread, which what else runs on the machine disturbs far less than the hours
// of a wall clock; and how long the loop was held, by both.

const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Lets the loop turn until `done`. */
export async function until(done: () => boolean): Promise<void> {
  while (!done()) await tick()
}

/** Nanoseconds of processor time for each of `count` things that `work` does. */
export async function nsEach(count: number, work: () => void | Promise<void>): Promise<number> {
  const before = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(before)
  return ((user + system) * 1_000) / count
}

/** The longest that the loop did not turn while `work` went on, in ms of the wall clock. */
export async function longestStallMs(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let last = performance.now()
  let on = true
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (on) setImmediate(look)
  }
  setImmediate(look)
  await work()
  on = false
  await tick()
  return longest
}

/** The longest turn of the loop while `work` goes on, in ms of processor time: how long it would be held on an idle machine. */
export async function longestTurnMs(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let last = process.threadCpuUsage()
  let on = true
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(last)
    longest = Math.max(longest, (user + system) / 1_000)
    last = process.threadCpuUsage()
    if (on) setImmediate(look)
  }
  setImmediate(look)
  await work()
  on = false
  await tick()
  return longest
}

/** Heap in use, after collecting garbage. */
export async function heapBytes(): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run with --expose-gc')
  for (let i = 0; i < 3; i++) {
    gc()
    await tick()
  }
  return process.memoryUsage().heapUsed
}
