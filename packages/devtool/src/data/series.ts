// What was seen so far, for pictures over time: so many samples at most, the oldest of them go. Pure.

export interface Sample {
  /** Seconds since 1970, as charts take them. */
  readonly at: number
  readonly values: Readonly<Record<string, number>>
}

export const mostSamples = 600

export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  // A clock that was set back would fold the line.
  if (last !== undefined && sample.at <= last.at) return samples
  return [...samples.slice(-(mostSamples - 1)), sample]
}

/** The column of a name; null where a sample has none. */
export function columnOf(samples: readonly Sample[], name: string): (number | null)[] {
  return samples.map(({ values }) => values[name] ?? null)
}

/** How fast a counter grows, per second; null where it went back, as after a restart, and for the first. */
export function rateOf(samples: readonly Sample[], name: string): (number | null)[] {
  return samples.map(({ at, values }, i) => {
    const before = samples[i - 1]
    const [now, then] = [values[name], before?.values[name]]
    if (before === undefined || now === undefined || then === undefined || now < then) return null
    return (now - then) / (at - before.at)
  })
}

/** A line of a chart. */
export interface Line {
  readonly label: string
  /** The name of a colour among the tokens. */
  readonly color: string
  readonly values: readonly (number | null)[]
}

/** What charts of these samples are made of. */
export interface Drawn {
  /** Seconds since 1970. */
  readonly at: readonly number[]
  readonly line: (label: string, color: string, name: string) => Line
  readonly rate: (label: string, color: string, name: string) => Line
}

export function drawn(samples: readonly Sample[]): Drawn {
  return {
    at: samples.map(({ at }) => at),
    line: (label, color, name) => ({ label, color, values: columnOf(samples, name) }),
    rate: (label, color, name) => ({ label, color, values: rateOf(samples, name) }),
  }
}
