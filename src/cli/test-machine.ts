import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import type { Lookup } from '#features/policies/lookup/schema.ts'
import { api } from './api.ts'
import { compare, type Comparison } from './compare.ts'
import { printTable } from './print.ts'

/** The one line that `codex app-server --print-startup-config` prints. */
interface Startup {
  readonly appServerVersion?: string
  readonly configRequirements?: { readonly requirements: Record<string, unknown> | null }
  readonly error?: {
    readonly message?: string
    readonly data?: { readonly errorCode?: string; readonly statusCode?: number }
  }
}

interface Report {
  /** The client starts, and has what the enrolment should give it where that was asked. */
  readonly ok: boolean
  readonly configServer: string | null
  readonly started: Startup
  readonly expected: { readonly name: string; readonly version: number } | null
  readonly keys: readonly Comparison[]
}

/**
 * Runs the codex of this machine with an empty home, so that no cache answers, and says what it was given. With
 * `--enrolment` and GATEHOUSE_KEY each key that the client prints is compared with what Gatehouse serves the enrolment.
 */
export const testMachine = defineCommand({
  meta: {
    name: 'test-machine',
    description: 'Ask the codex on this machine which policy it starts with',
  },
  args: {
    codex: { type: 'string', description: 'Path of the client', default: 'codex' },
    enrolment: { type: 'string', description: 'The enrolment that this machine should have' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const started = startClient(args.codex)
    const found =
      args.enrolment === undefined
        ? undefined
        : await api<Lookup>('GET', `/api/v1/lookup?enrolment=${encodeURIComponent(args.enrolment)}`)
    const keys = compare(found?.policy?.text ?? '', started.configRequirements?.requirements ?? {})
    const configServer = readConfigServer() ?? null
    const report: Report = {
      ok:
        started.error === undefined &&
        (found === undefined || configServer !== null) &&
        keys.every((key) => key.same),
      configServer,
      started,
      expected: found?.policy ? { name: found.policy.name, version: found.policy.version } : null,
      keys,
    }
    if (args.json) console.log(JSON.stringify(report))
    else show(report, found !== undefined)
    if (!report.ok) process.exitCode = 1
  },
})

function show({ ok, configServer, started, expected, keys }: Report, compared: boolean): void {
  console.log(
    configServer === null
      ? 'This machine names no configuration server in /etc/codex/requirements.toml.'
      : `Configuration server: ${configServer}`,
  )
  if (started.error) {
    const { data, message = 'it said nothing' } = started.error
    const status = data?.statusCode === undefined ? '' : `, status ${data.statusCode}`
    console.log(
      `The client refuses to start: ${message} (${data?.errorCode ?? 'unknown'}${status})`,
    )
    return
  }
  console.log(`The client starts (${started.appServerVersion ?? 'unknown version'}).`)
  if (!compared) {
    console.log(JSON.stringify(started.configRequirements?.requirements ?? null, null, 2))
    return
  }
  console.log(
    `Gatehouse serves this enrolment ${expected ? `${expected.name} v${expected.version}` : 'no policy'}.`,
  )
  if (keys.length > 0)
    printTable(
      keys.map(({ key, served, client, same }) => ({
        key,
        served,
        client,
        same: same ? 'yes' : 'NO',
      })),
    )
  console.log(ok ? 'The client has what it should have.' : 'The client has something else.')
  console.log(
    'Command rules and the MCP allowlist are enforced by the client but not printed by it.',
  )
}

function startClient(codex: string): Startup {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-test-machine-'))
  try {
    const run = spawnSync(codex, ['app-server', '--print-startup-config'], {
      encoding: 'utf8',
      timeout: 60_000,
      input: '',
      env: { ...process.env, CODEX_HOME: home },
    })
    if (run.error) return { error: { message: `${codex} cannot be run: ${run.error.message}` } }
    const line = run.stdout.split('\n').find((text) => text.startsWith('{'))
    return line === undefined
      ? { error: { message: run.stderr.trim() || 'the client printed nothing' } }
      : (JSON.parse(line) as Startup)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The address in the machine's own file, the key cut off. */
function readConfigServer(): string | undefined {
  try {
    const text = readFileSync('/etc/codex/requirements.toml', 'utf8')
    return /^\s*base_url\s*=\s*"([^"]+)"/m.exec(text)?.[1]?.replace(/(gh_enr_[a-z0-9]+_)\S+/, '$1…')
  } catch {
    return undefined
  }
}
