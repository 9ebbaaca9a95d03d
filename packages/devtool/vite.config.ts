import { defineConfig } from 'vite'

export default defineConfig({
  // Served below any path, as behind a proxy.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
  // `pnpm --filter @sluice/devtool dev` shows a node on this machine.
  server: { proxy: { '/debug': 'http://127.0.0.1:8001', '/metrics': 'http://127.0.0.1:8001' } },
})
