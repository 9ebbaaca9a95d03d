// Ages by factors, as the state map draws them: each step is a few times the one before. Pure.

const youngestMs = 100
const oldestMs = 86_400_000

/** From 0, a tenth of a second, to 1, a day. */
export function ageShare(ms: number): number {
  const bounded = Math.max(youngestMs, Math.min(oldestMs, ms))
  return Math.log(bounded / youngestMs) / Math.log(oldestMs / youngestMs)
}

/** Ages that are told beside the scale. */
export const ageMarks: readonly { ms: number; label: string }[] = [
  { ms: 100, label: '0.1 s' },
  { ms: 1_000, label: '1 s' },
  { ms: 10_000, label: '10 s' },
  { ms: 60_000, label: '1 min' },
  { ms: 600_000, label: '10 min' },
  { ms: 3_600_000, label: '1 h' },
  { ms: 86_400_000, label: '1 day' },
]
