import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codexBinary, sandboxFolder } from './sandbox.ts'

/** What a finished run of the client left behind. `code` is null when it had to be killed at the time limit. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

/** `codex app-server --print-startup-config`, parsed. Exactly one of `requirements` and `error` is set. */
export interface StartupConfig {
  readonly run: Run
  /** The requirements in force; null when there are none. */
  readonly requirements: Record<string, unknown> | null | undefined
  readonly error: StartupError | undefined
}

export interface StartupError {
  readonly message: string
  readonly reason: string | undefined
  readonly errorCode: string | undefined
  readonly statusCode: number | undefined
  readonly action: string | undefined
  readonly detail: string | undefined
}

/** One person's account on the machine: a home folder, and nothing inherited from the one who runs the tests. */
export interface Home {
  readonly folder: string
  run(args: readonly string[], options?: RunOptions): Promise<Run>
  startupConfig(): Promise<StartupConfig>
}

export interface RunOptions {
  readonly cwd?: string
  /** The client is killed after this; default 60 s. */
  readonly timeoutMs?: number
}

/** What `[model_providers.mock]` needs so that a turn can run. Only the model; no policy. */
export interface MockProvider {
  readonly url: string
}

/**
 * A home that no client has ever started in, so with no cached policy.
 * @param environment what the machine snippet tells the administrator to set, e.g. `CODEX_CA_CERTIFICATE`.
 */
export function emptyHome(
  environment: Readonly<Record<string, string>>,
  provider?: MockProvider,
): Home {
  const folder = mkdtempSync(join(sandboxFolder(), 'home-'))
  mkdirSync(join(folder, '.codex'))
  if (provider !== undefined) writeFileSync(join(folder, '.codex', 'config.toml'), using(provider))
  const run = (args: readonly string[], options: RunOptions = {}) =>
    runCodex(folder, environment, args, options)
  return {
    folder,
    run,
    startupConfig: async () =>
      readStartupConfig(await run(['app-server', '--print-startup-config'])),
  }
}

const using = (provider: MockProvider) => `model = "mock"
model_provider = "mock"
[model_providers.mock]
name = "Mock model"
base_url = "${provider.url}"
wire_api = "responses"
# With nobody to report to on a loopback-only network the client would wait 5 s at the end of every turn.
[analytics]
enabled = false
`

function runCodex(
  home: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  { cwd = home, timeoutMs = 60_000 }: RunOptions,
): Promise<Run> {
  const started = Date.now()
  const child = spawn(codexBinary(), args, {
    cwd,
    // TMPDIR elsewhere: the client warns about a home below the folder for temporary files.
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: home,
      TERM: 'xterm',
      TMPDIR: '/var/tmp',
      ...environment,
    },
    // Standard input closed: with an open pipe `codex exec` waits for more of the prompt.
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that the time limit also ends the tools that the client started.
    detached: true,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, timeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ code, stdout, stderr, milliseconds: Date.now() - started })
    })
  })
}

interface RawStartupConfig {
  readonly configRequirements?: { readonly requirements: Record<string, unknown> | null }
  readonly error?: {
    readonly message: string
    readonly data?: Partial<Omit<StartupError, 'message'>>
  }
}

/** The one JSON line; on failure it is on standard output too and the exit code is 1. */
function readStartupConfig(run: Run): StartupConfig {
  const line = run.stdout.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) {
    throw new Error(`no JSON line from --print-startup-config (code ${run.code}):\n${run.stderr}`)
  }
  const said = JSON.parse(line) as RawStartupConfig
  const data = said.error?.data
  return {
    run,
    requirements: said.configRequirements?.requirements,
    error: said.error && {
      message: said.error.message,
      reason: data?.reason,
      errorCode: data?.errorCode,
      statusCode: data?.statusCode,
      action: data?.action,
      detail: data?.detail,
    },
  }
}

/** The client's own cache of the policy it fetched. */
export interface CachedBundle {
  readonly path: string
  readonly cachedAt: number
  readonly expiresAt: number
  readonly text: string
}

/** The configuration server's cache file of a home, or undefined when the client has written none. */
export function cachedBundle(home: Home): CachedBundle | undefined {
  const folder = join(home.folder, '.codex')
  const name = readdirSync(folder).find((file) => /^managed-config-[0-9a-f]{64}\.json$/.test(file))
  if (name === undefined) return undefined
  const text = readFileSync(join(folder, name), 'utf8')
  const { signed_payload: payload } = JSON.parse(text) as {
    readonly signed_payload: { readonly cached_at: string; readonly expires_at: string }
  }
  return {
    path: join(folder, name),
    cachedAt: Date.parse(payload.cached_at),
    expiresAt: Date.parse(payload.expires_at),
    text,
  }
}
