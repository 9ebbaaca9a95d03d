// Where things are in a checkout.
//
//   .toolchain/node-24.21.0-linux-x64/   one folder per program, version and platform; complete
//   .toolchain/pnpm-12.21.0-linux-x64/   or not there, for each is renamed into place
//   .toolchain/bin/                      links to the newest of each, for a developer's PATH
//   .toolchain/lock/                     held while somebody sets up
//   node_modules/.sluice-setup           what node_modules was installed from

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout that this file is in. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * @param {string} root
 */
export function placesIn(root) {
  const toolchain = join(root, '.toolchain')
  return {
    root,
    toolchain,
    lock: join(toolchain, 'lock'),
    links: join(toolchain, 'bin'),
    modules: join(root, 'node_modules'),
    stamp: join(root, 'node_modules', '.sluice-setup'),
    lockfile: join(root, 'pnpm-lock.yaml'),
    workspace: join(root, 'pnpm-workspace.yaml'),
    /** What vitest wrote of the last `npm test`. */
    report: join(root, '.cache', 'test-report.json'),
    cli: join(root, 'bin', 'sluice.js'),
    main: join(root, 'packages', 'node', 'src', 'cli', 'main.ts'),
    devtool: join(root, 'packages', 'devtool'),
    /** What `npm start` runs when no config is named. */
    demo: join(root, 'examples', 'chat', 'sluice.config.ts'),
  }
}

/** @typedef {ReturnType<typeof placesIn>} Places */
