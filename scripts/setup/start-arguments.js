// What `npm start` adds to "sluice start": the example with a page, unless a config was named.

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string | null} demo the example's config, if it is there
 * @returns {string[]}
 */
export function startArguments(args, env, demo) {
  const named =
    args.some((arg) => arg === '--config' || arg.startsWith('--config=')) ||
    (env['SLUICE_CONFIG'] ?? '') !== ''
  return ['start', ...(named || demo === null ? [] : ['--config', demo]), ...args]
}
