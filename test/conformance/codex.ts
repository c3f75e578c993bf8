import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  /** Starts the client and returns at once: for sign-ins, where somebody else has to do something in between. */
  start(args: readonly string[], options?: RunOptions): Running
  startupConfig(): Promise<StartupConfig>
  /** The same home with more in its environment. */
  with(environment: Readonly<Record<string, string>>): Home
}

export interface RunOptions {
  readonly cwd?: string
  /** The client is killed after this; default 60 s. */
  readonly timeoutMs?: number
  /** Keeps standard input open, for `write`. */
  readonly talks?: boolean
}

/** A client that is still running. */
export interface Running {
  /** Waits until what it has said on either stream matches; fails when it ends or is killed before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** Every whole line of standard output from now on. */
  onLine(heard: (line: string) => void): void
  write(line: string): void
  /** Closes standard input. */
  end(): void
  /** Stops it in the middle of what it does, until `resume`: so that something can happen just before its next step. */
  pause(): void
  resume(): void
  kill(): void
  readonly done: Promise<Run>
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
  return homeIn(folder, environment)
}

function homeIn(folder: string, environment: Readonly<Record<string, string>>): Home {
  const start = (args: readonly string[], options: RunOptions = {}) =>
    startCodex(folder, environment, args, options)
  const run = (args: readonly string[], options?: RunOptions) => start(args, options).done
  return {
    folder,
    run,
    start,
    startupConfig: async () =>
      readStartupConfig(await run(['app-server', '--print-startup-config'])),
    with: (more) => homeIn(folder, { ...environment, ...more }),
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

function startCodex(
  home: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  { cwd = home, timeoutMs = 60_000, talks = false }: RunOptions,
): Running {
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
    stdio: [talks ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    // A process group of its own, so that the time limit also ends the tools that the client started.
    detached: true,
  })
  let stdout = ''
  let stderr = ''
  const heard = new Set<() => void>()
  const hear = () => {
    for (const listener of [...heard]) listener()
  }
  // Never null with these stdio; the overload of spawn that says so wants a literal.
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    hear()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    hear()
  })
  const signal = (name: NodeJS.Signals) => () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, name)
  }
  const kill = signal('SIGKILL')
  let over = false
  const done = new Promise<Run>((resolve, reject) => {
    const limit = setTimeout(kill, timeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(limit)
      over = true
      hear()
      resolve({ code, stdout, stderr, milliseconds: Date.now() - started })
    })
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(stdout) ?? pattern.exec(stderr)
        if (found === null && !over) return
        heard.delete(look)
        if (found !== null) resolve(found)
        else reject(new Error(`codex ${args.join(' ')} never said ${pattern}:\n${stdout}${stderr}`))
      }
      heard.add(look)
      look()
    })
  const onLine = (listener: (line: string) => void) => {
    let read = stdout.lastIndexOf('\n') + 1
    heard.add(() => {
      for (let end = stdout.indexOf('\n', read); end >= 0; end = stdout.indexOf('\n', read)) {
        const line = stdout.slice(read, end)
        read = end + 1
        listener(line)
      }
    })
  }
  return {
    says,
    onLine,
    write: (line) => child.stdin?.write(`${line}\n`),
    end: () => child.stdin?.end(),
    pause: signal('SIGSTOP'),
    resume: signal('SIGCONT'),
    kill,
    done,
  }
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

/** Lets the hour of every cached policy of a home be over: the next start has to ask. */
export function forgetBundle(home: Home): void {
  const folder = join(home.folder, '.codex')
  const caches = /^(cloud-config-bundle-cache|managed-config-[0-9a-f]{64})\.json$/
  for (const file of readdirSync(folder).filter((name) => caches.test(name)))
    rmSync(join(folder, file))
}
