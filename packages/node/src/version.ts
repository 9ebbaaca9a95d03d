// What this build calls itself on the wire and on the command line.

import { createRequire } from 'node:module'

const { version: number } = createRequire(import.meta.url)('../package.json') as { version: string }

/** `Sluice 0.1.0`. */
export const version: string = `Sluice ${number}`
