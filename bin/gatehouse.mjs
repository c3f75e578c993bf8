#!/usr/bin/env node
// Plain JavaScript that any Node can read: it finds a Node that can run the rest (24 or newer, which runs TypeScript as
// it is) and hands over to it. `npm ci` brings one along in the package `node`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const needed = 24
// How much of what is new V8 lets pile up before it looks what of it is still needed (MiB). On its own it goes up to 16, and then
// everybody waits 10 to 20 ms, twice a second under load; with 2 it is 1 ms (bench/scim.ts).
const young = '--max-semi-space-size=2'
const args = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= needed) {
  // In place of this process, where the system can do that; a command that ends soon is not worth it.
  if (args[0] === 'serve' && !process.execArgv.includes(young) && process.execve) {
    process.execve(process.execPath, [
      process.execPath,
      ...process.execArgv,
      young,
      process.argv[1],
      ...args,
    ])
  }
  // Types stripped and code compiled once, not at each start: a third of a start (bench/start.ts). In a folder of ours, because
  // what lies in the one for temporary files could come from somebody else.
  module.enableCompileCache(here('../node_modules/.cache/gatehouse'))
  await import('../src/cli/main.ts')
} else {
  const packaged = here(
    process.platform === 'win32'
      ? '../node_modules/node/bin/node.exe'
      : '../node_modules/node/bin/node',
  )
  if (!existsSync(packaged)) {
    console.error(
      `Gatehouse needs Node ${needed}; this is ${process.versions.node}, and the package that brings it is missing. Run \`npm ci\` without --ignore-scripts, or install Node ${needed}.`,
    )
    process.exit(1)
  }
  const child = spawn(packaged, [young, here('./gatehouse.mjs'), ...args], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1))
}
