// What an auction starts from. The environment may say otherwise, for a quick one:
//
//   AUCTION_OPEN_MS=5000 AUCTION_GOING_MS=2000 bin/sluice.js start --config examples/auction/sluice.config.ts

export interface Terms {
  /** The least that the first bid may be. Default 100. */
  startPrice: number
  /** How much more each bid must be than the one before. Default 10. */
  step: number
  /** From the start to "going once". Default 30,000. */
  openMs: number
  /** From "going once" to "going twice", and from there to the end. Default 6,000. */
  goingMs: number
}

export const termsDefaults: Terms = { startPrice: 100, step: 10, openMs: 30_000, goingMs: 6_000 }

const variables = {
  startPrice: 'AUCTION_START_PRICE',
  step: 'AUCTION_STEP',
  openMs: 'AUCTION_OPEN_MS',
  goingMs: 'AUCTION_GOING_MS',
} as const

/** The terms that an environment sets; the defaults for the rest. Throws for what is no positive whole number. */
export function readTerms(environment: Readonly<Record<string, string | undefined>>): Terms {
  const terms = { ...termsDefaults }
  for (const key of ['startPrice', 'step', 'openMs', 'goingMs'] as const) {
    const name = variables[key]
    const text = environment[name]
    if (!text) continue
    if (!/^[1-9]\d{0,11}$/.test(text)) {
      throw new Error(`${name}: expected a positive whole number, got "${text}"`)
    }
    terms[key] = Number(text)
  }
  return terms
}
