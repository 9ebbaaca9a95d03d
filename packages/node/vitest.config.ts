import { defineConfig } from 'vitest/config'

// The limit is for what hangs: many tests share few cores.
export default defineConfig({ test: { name: 'node', testTimeout: 30_000, hookTimeout: 30_000 } })
