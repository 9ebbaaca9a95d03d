// Durations as people write them: "500ms", "25s", "5m", "12h", "30d", or a number of milliseconds.

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The milliseconds a duration stands for; undefined when it is none, or not a whole number of them. */
export function parseDuration(given: unknown): number | undefined {
  const ms = typeof given === 'string' ? spelled(given) : given
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined
}

/** The shortest way to write a duration: 300,000 is "5m". */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = unitMs[unit]!
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}

function spelled(text: string): number | undefined {
  const parts = /^(\d{1,15}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text)
  if (!parts) return undefined
  // "0.1s" times 1000 is not exactly 100 in binary; a thousandth of a millisecond is nobody's intent.
  return Math.round(Number(parts[1]) * unitMs[parts[2]!]! * 1_000) / 1_000
}
