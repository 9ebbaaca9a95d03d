import { defineConfig } from 'vitest/config'

// Each file has processes of its own to run beside it. The timeouts are for a machine that is busy with other things;
// what a test waits for has deadlines of its own, which say what did not happen.
export default defineConfig({
  test: {
    name: 'e2e',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    maxConcurrency: 16,
  },
})
