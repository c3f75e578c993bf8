import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env['GATEHOUSE_DEV_SERVER'] ?? 'http://127.0.0.1:7080'

// The web, built to dist/web and served by the product itself. Each screen, and CodeMirror, is a chunk of its own.
export default defineConfig({
  root: 'src/web',
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // An inlined asset would be a data: URL, which the Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    // What the pages ask, and what they lead to that is no page: sign-in at a provider, feeds, the CA's certificate.
    proxy: {
      '^/(api|sso|feeds|unsubscribe|ca\\.crt|plain\\.css)(/|$|\\?)': {
        target: server,
        changeOrigin: false,
      },
    },
  },
})
