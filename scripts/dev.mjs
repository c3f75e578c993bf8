// `npm run dev`: the server restarts when its sources change; Vite serves the pages with hot reload and passes API calls on.
import { spawn } from 'node:child_process'

const children = [
  spawn(process.execPath, ['--watch-path=src', '--watch-preserve-output', 'src/main.ts'], {
    stdio: 'inherit',
  }),
  spawn(process.execPath, ['node_modules/vite/bin/vite.js'], { stdio: 'inherit' }),
]
const stop = (code) => {
  for (const child of children) child.kill('SIGTERM')
  process.exitCode = code ?? 0
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0))
for (const child of children) child.on('exit', (code) => stop(code))
