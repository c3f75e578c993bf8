import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import type { Lookup } from '#features/policies/schema.ts'
import { api } from './api.ts'

interface Startup {
  readonly appServerVersion?: string
  readonly configRequirements?: { readonly requirements: Record<string, unknown> | null }
  readonly error?: {
    readonly message?: string
    readonly data?: { readonly errorCode?: string; readonly statusCode?: number }
  }
}

/**
 * Runs the codex of this machine with an empty home, so that no cache answers, and says what it was given. With
 * `--enrolment` and GATEHOUSE_KEY it is compared with what Gatehouse says the enrolment should get.
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
    const configured = configServer()
    const expected =
      args.enrolment === undefined
        ? undefined
        : await api<Lookup>('GET', `/api/v1/lookup?enrolment=${encodeURIComponent(args.enrolment)}`)
    const requirements = started.configRequirements?.requirements ?? null
    const ok =
      started.error === undefined &&
      (expected === undefined || (expected.policy === null) === (requirements === null))
    if (args.json)
      console.log(
        JSON.stringify({
          ok,
          configServer: configured,
          started,
          expected: expected?.policy ?? null,
        }),
      )
    else {
      console.log(
        configured === undefined
          ? 'This machine names no configuration server in /etc/codex/requirements.toml.'
          : `Configuration server: ${configured}`,
      )
      if (started.error) {
        const { data, message } = started.error
        console.log(
          `The client refuses to start: ${message ?? 'no message'} (${data?.errorCode ?? 'unknown'}${data?.statusCode === undefined ? '' : `, status ${data.statusCode}`})`,
        )
      } else {
        console.log(`The client starts (${started.appServerVersion ?? 'unknown version'}).`)
        console.log(
          requirements === null
            ? 'It is given no requirements.'
            : JSON.stringify(requirements, null, 2),
        )
      }
      if (expected)
        console.log(
          `Gatehouse serves this enrolment: ${expected.policy ? `${expected.policy.name} v${expected.policy.version}` : 'no policy'}`,
        )
      console.log(
        'Command rules and the MCP allowlist are enforced by the client but not printed by it.',
      )
    }
    if (!ok) process.exitCode = 1
  },
})

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
function configServer(): string | undefined {
  try {
    const text = readFileSync('/etc/codex/requirements.toml', 'utf8')
    return /^\s*base_url\s*=\s*"([^"]+)"/m.exec(text)?.[1]?.replace(/(gh_enr_[a-z0-9]+_)\S+/, '$1…')
  } catch {
    return undefined
  }
}
