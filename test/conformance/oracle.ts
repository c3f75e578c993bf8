import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codexBinary, sandboxFolder } from './sandbox.ts'
import { hostname } from 'node:os'
import type { Machine } from '#requirements/index.ts'
import { startStandIn, type StandIn } from './stand-in.ts'

/** What lies on a machine and what is delivered to it: fragments, highest priority first. */
export interface Question {
  readonly delivered?: readonly string[]
  /** The overridable config.toml beside them. */
  readonly defaults?: readonly string[]
  /** `/etc/codex/requirements.toml`, beside the lines that name the configuration server. */
  readonly system?: string
  /** `/etc/codex/managed_config.toml`. */
  readonly legacy?: string
}

/** What `codex app-server --print-startup-config` said. Exactly one of `requirements` and `refused` is set. */
export interface Verdict {
  /** What is in force, without the fields that are null; undefined when refused. */
  readonly requirements: Readonly<Record<string, unknown>> | undefined
  readonly refused: string | undefined
  /** Standard error: the warnings. */
  readonly said: string
  /** Where it was asked. */
  readonly machine: Machine
}

/**
 * Asks the client for its verdict, many times a second. Each lane is a shell in a mount namespace of its own, so that
 * several clients start at once, each with an /etc/codex of its own; a shell starts them because the process that runs
 * the tests is too large to fork quickly. Measured on two cores: 12 ms a question, against 37 ms one after another.
 */
export interface Oracle {
  ask(question: Question): Promise<Verdict>
  close(): Promise<void>
}

const LANES = 4

/** @param binary another client than the one of the suite. */
export async function startOracle(port: number, binary = codexBinary()): Promise<Oracle> {
  const standIn = await startStandIn(port)
  const lanes = Array.from({ length: LANES }, (_, n) => openLane(`lane${n}`, port, standIn, binary))
  const free = [...lanes]
  const waiting: ((lane: Lane) => void)[] = []
  const take = (): Promise<Lane> => {
    const lane = free.pop()
    return lane === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(lane)
  }
  const give = (lane: Lane): void => {
    const next = waiting.shift()
    if (next === undefined) free.push(lane)
    else next(lane)
  }
  return {
    ask: async (question) => {
      const lane = await take()
      try {
        return await lane.ask(question)
      } finally {
        give(lane)
      }
    },
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()))
      await standIn.close()
    },
  }
}

interface Lane {
  ask(question: Question): Promise<Verdict>
  close(): Promise<void>
}

// Standard input is the list of homes; each answer is one line, the exit code.
const LOOP = `
mount --bind "$LANE/etc" /etc/codex
while read -r HOME; do
  "$CODEX" app-server --print-startup-config </dev/null >"$HOME/out" 2>"$HOME/err"
  echo $?
done
`

function openLane(name: string, port: number, standIn: StandIn, binary: string): Lane {
  const folder = mkdtempSync(join(sandboxFolder(), `${name}-`))
  mkdirSync(join(folder, 'etc'))
  mkdirSync('/etc/codex', { recursive: true })
  const shell = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', LOOP], {
    cwd: folder,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TERM: 'xterm',
      TMPDIR: '/var/tmp',
      HOME: folder,
      LANE: folder,
      CODEX: binary,
      CODEX_CA_CERTIFICATE: standIn.caFile,
    },
    stdio: 'pipe',
  })
  const answers = answersOf(shell)
  let asked = 0
  return {
    ask: async ({ delivered, defaults, system = '', legacy }) => {
      asked += 1
      // A fresh one each time: no cached policy. The client warns about a home below the folder for temporary files.
      const home = join(folder, `home${asked}`)
      mkdirSync(join(home, '.codex'), { recursive: true })
      let file = system
      if (delivered !== undefined || defaults !== undefined) {
        standIn.deliverTo(name, delivered ?? [], defaults)
        file += `\n[config_server]\nbase_url = "https://127.0.0.1:${port}/c/${name}"\n`
      }
      writeFileSync(join(folder, 'etc', 'requirements.toml'), file)
      const managedConfig = join(folder, 'etc', 'managed_config.toml')
      if (legacy === undefined) rmSync(managedConfig, { force: true })
      else writeFileSync(managedConfig, legacy)
      shell.stdin.write(`${home}\n`)
      await answers()
      const verdict = verdictOf(
        readFileSync(join(home, 'out'), 'utf8'),
        readFileSync(join(home, 'err'), 'utf8'),
      )
      rmSync(home, { recursive: true })
      const machine = { home, codexHome: join(home, '.codex'), cwd: folder, host: hostname() }
      return { ...verdict, machine }
    },
    close: () =>
      new Promise((resolve) => {
        shell.on('close', () => resolve())
        shell.stdin.end()
      }),
  }
}

/** The next line of a process; fails when it ends instead. */
function answersOf(shell: ChildProcessWithoutNullStreams): () => Promise<string> {
  let heard = ''
  let trouble = ''
  let over = false
  let wake: () => void = () => undefined
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard += text
    wake()
  })
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    trouble += text
  })
  shell.on('close', () => {
    over = true
    wake()
  })
  const next = async (): Promise<string> => {
    while (!heard.includes('\n')) {
      if (over) throw new Error(`the lane ended: ${trouble}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const end = heard.indexOf('\n')
    const line = heard.slice(0, end)
    heard = heard.slice(end + 1)
    return line
  }
  return next
}

interface Said {
  readonly configRequirements?: { readonly requirements: Record<string, unknown> | null }
  readonly error?: { readonly message: string; readonly data?: { readonly detail?: string } }
}

function verdictOf(stdout: string, stderr: string): Omit<Verdict, 'machine'> {
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) throw new Error(`the client gave no verdict:\n${stdout}${stderr}`)
  const { configRequirements, error } = JSON.parse(line) as Said
  const fields = Object.entries(configRequirements?.requirements ?? {})
  return {
    requirements:
      error === undefined
        ? Object.fromEntries(fields.filter(([, value]) => value !== null))
        : undefined,
    refused: error && [error.message, error.data?.detail].filter(Boolean).join(' '),
    said: stderr,
  }
}
