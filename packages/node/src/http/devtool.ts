// The devtool's page: static files that hold no secret, so they are sent before anybody has shown a token; what they show
// is asked for like everything else here.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Routes } from './routes.ts'
import { createSite } from './site.ts'

/** Where the built page is, if it was built: `pnpm --filter @sluice/devtool build`. */
export function devtoolFolder(): string | undefined {
  const manifest = createRequire(import.meta.url).resolve('@sluice/devtool/package.json')
  const folder = join(dirname(manifest), 'dist')
  return existsSync(folder) ? folder : undefined
}

/** The paths of the page's files. */
export function devtoolRoutes(folder: string): Routes {
  const site = createSite(folder, {
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  })
  return { exact: { '/': site, '/icon.svg': site }, prefixes: { '/assets/': site } }
}

/** True for a path of the page. */
export function isDevtoolPath(pathname: string): boolean {
  return pathname === '/' || pathname === '/icon.svg' || pathname.startsWith('/assets/')
}
