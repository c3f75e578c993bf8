import { existsSync, statfsSync, statSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { day } from '#kernel/clock.ts'
import { isFolderLocked } from '#kernel/folder.ts'
import { Problem } from '#kernel/problem.ts'
import { ConfigError, describeConfig, readConfig, type Config } from '../config.ts'
import { isWebBuilt } from './build-web.ts'
import { openMachine } from './machine.ts'
import { printTable } from './print.ts'

interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'error'
  readonly detail: string
}

/** A disk with less than this much room is full soon: SQLite needs room for its log, a backup for a copy. */
const littleRoom = 512 * 1024 * 1024

export const doctor = defineCommand({
  meta: {
    name: 'doctor',
    description: 'Check configuration, clock, disk, certificate and migrations',
  },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const settings = describeConfig(process.env)
    const findings = await diagnose()
    if (args.json) console.log(JSON.stringify({ settings, findings }))
    else {
      printTable(settings.map((s) => ({ variable: s.name, value: s.value, meaning: s.says })))
      console.log('')
      printTable(findings.map((f) => ({ check: f.check, state: f.state, detail: f.detail })))
    }
    if (findings.some((f) => f.state === 'error')) process.exitCode = 1
  },
})

async function diagnose(): Promise<readonly Finding[]> {
  let config: Config
  try {
    config = readConfig(process.env)
  } catch (error) {
    if (error instanceof ConfigError)
      return [{ check: 'configuration', state: 'error', detail: error.message }]
    throw error
  }
  return [
    { check: 'configuration', state: 'ok', detail: 'every variable is usable' },
    node(),
    disk(config),
    keyFile(config),
    certificate(config),
    server(config),
    {
      check: 'pages',
      state: isWebBuilt() ? 'ok' : 'warning',
      detail: isWebBuilt()
        ? 'built'
        : 'not built, or older than their sources; `npm start` builds them',
    },
    ...(await database()),
  ]
}

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return { check: 'node', state: major >= 24 ? 'ok' : 'error', detail: process.versions.node }
}

function disk(config: Config): Finding {
  if (!existsSync(config.data))
    return {
      check: 'disk',
      state: 'warning',
      detail: `${config.data} does not exist yet; the first start makes it`,
    }
  const { bavail, bsize } = statfsSync(config.data)
  const free = bavail * bsize
  return {
    check: 'disk',
    state: free < littleRoom ? 'error' : 'ok',
    detail: `${Math.round(free / 1024 / 1024)} MiB free for ${config.data}`,
  }
}

function keyFile(config: Config): Finding {
  const found = statSync(config.keyFile, { throwIfNoEntry: false })
  if (!found)
    return { check: 'key file', state: 'warning', detail: 'none yet; the first start makes it' }
  const open = process.platform !== 'win32' && (found.mode & 0o077) !== 0
  return {
    check: 'key file',
    state: open ? 'error' : 'ok',
    detail: open
      ? `others can read ${config.keyFile}; run: chmod 600 ${config.keyFile}`
      : config.keyFile,
  }
}

function certificate(config: Config): Finding {
  const file = config.tls?.cert ?? join(config.data, 'tls/server.crt')
  if (!existsSync(file))
    return config.tls
      ? { check: 'certificate', state: 'error', detail: `${file} is missing` }
      : {
          check: 'certificate',
          state: 'warning',
          detail: 'none yet; the first start makes a local CA',
        }
  const ends = new X509Certificate(readFileSync(file)).validToDate.getTime()
  const left = Math.floor((ends - Date.now()) / day)
  const state = left < 0 ? 'error' : left < (config.tls ? 14 : 1) ? 'warning' : 'ok'
  return {
    check: 'certificate',
    state,
    detail: `${left} days left (${config.tls ? 'given' : 'local CA, renews by itself'})`,
  }
}

function server(config: Config): Finding {
  const running = existsSync(config.data) && isFolderLocked(config.data)
  return {
    check: 'server',
    state: 'ok',
    detail: running ? 'runs on this data folder' : 'does not run on this data folder',
  }
}

async function database(): Promise<readonly Finding[]> {
  const machine = openMachine(process.env)
  try {
    const { pending, unknown, newestRecord, keyComplaint } = await machine.app.inspect()
    const ahead = newestRecord !== null && newestRecord > Date.now() + 60_000
    return [
      { check: 'database', state: 'ok', detail: machine.app.runtime.db.engine },
      {
        check: 'key of the database',
        state: keyComplaint === null ? 'ok' : 'error',
        detail: keyComplaint ?? 'opens its secrets, or there are none yet',
      },
      {
        check: 'migrations',
        state: unknown.length > 0 ? 'error' : pending.length > 0 ? 'warning' : 'ok',
        detail:
          unknown.length > 0
            ? `the database is newer: it has ${unknown.join(', ')}`
            : pending.length > 0
              ? `${pending.length} will be applied at the next start`
              : 'all applied',
      },
      {
        check: 'clock',
        state: ahead ? 'error' : 'ok',
        detail: ahead
          ? `the newest record (${new Date(newestRecord).toISOString()}) lies in the future: set the clock of this machine`
          : new Date().toISOString(),
      },
    ]
  } catch (error) {
    return [
      {
        check: 'database',
        state: 'error',
        detail: error instanceof Problem ? error.message : String(error),
      },
    ]
  } finally {
    await machine.close()
  }
}
