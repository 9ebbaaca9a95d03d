// What somebody types, once it is not changed any more.

import { useEffect, useState } from 'preact/hooks'

const restMs = 250

/** The value as it was when it had not changed for a moment; the first one at once. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === '' ? 0 : restMs)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
