import { defineConfig } from 'vitest/config'

// The limit is for what hangs: many tests share few cores.
export default defineConfig({ test: { name: 'support', testTimeout: 60_000, hookTimeout: 60_000 } })
