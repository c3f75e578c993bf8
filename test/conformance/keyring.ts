import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sandboxFolder } from './sandbox.ts'

/**
 * The keyring of one person's desktop: a D-Bus session of its own and GNOME Keyring, unlocked. The client keeps the
 * tokens of `[config_server.oauth]` there and can sign in nowhere else.
 */
export interface Keyring {
  /** What a desktop session gives to the client. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

// A bus that starts nothing by itself: a service file of the host must not answer in place of our keyring.
const busConfig = (socket: string) => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

/** Starts both in a folder that goes with the sandbox. The programs come from `scripts/conformance.mjs`. */
export async function startKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(join(sandboxFolder(), 'keyring-'))
  const [home, socket, config] = [join(folder, 'home'), join(folder, 'bus'), join(folder, 'conf')]
  mkdirSync(home)
  writeFileSync(config, busConfig(socket))
  const environment = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` }
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: home,
    XDG_RUNTIME_DIR: folder,
    LD_LIBRARY_PATH: process.env['GATEHOUSE_KEYRING_LIBRARIES'] ?? '',
    ...environment,
  }
  const bus = spawn(
    program('dbus-daemon'),
    ['--nofork', '--nopidfile', `--config-file=${config}`],
    {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  await answering(bus, socket)
  const daemon = spawn(
    program('gnome-keyring-daemon'),
    ['--foreground', '--unlock', '--components=secrets'],
    { env, stdio: ['pipe', 'ignore', 'pipe'] },
  )
  // The password of a new login keyring, read to the end of standard input.
  daemon.stdin.end('conformance')
  await until(daemon, () => Promise.resolve(owned('org.freedesktop.secrets', env)))
  return {
    environment,
    stop: async () => {
      for (const child of [daemon, bus]) await ended(child)
    },
  }
}

/** Below the folder into which the packages were unpacked, or where the system has it. */
function program(name: string): string {
  const places = [process.env['GATEHOUSE_KEYRING_PROGRAMS'] ?? '', '/usr/bin']
  const found = places.map((place) => join(place, name)).find((path) => existsSync(path))
  if (found === undefined)
    throw new Error(`${name} is missing. Start with \`npm run conformance\`, which fetches it.`)
  return found
}

async function answering(child: ChildProcess, socket: string): Promise<void> {
  await until(child, () => {
    const connection = createConnection(socket)
    return new Promise<boolean>((resolve) => {
      connection.once('error', () => {
        resolve(false)
      })
      connection.once('connect', () => {
        connection.end()
        resolve(true)
      })
    })
  })
}

function owned(name: string, env: NodeJS.ProcessEnv): boolean {
  const call = ['/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', `string:${name}`]
  const asked = spawnSync(
    program('dbus-send'),
    ['--session', '--print-reply', '--dest=org.freedesktop.DBus', ...call],
    { env, encoding: 'utf8' },
  )
  return asked.stdout.includes('boolean true')
}

async function until(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const late = Date.now() + 10_000
  while (Date.now() < late && child.exitCode === null) {
    if (await ready()) return
    await wait(20)
  }
  throw new Error(`${child.spawnfile} did not start:\n${said}`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
