// `npm run conformance`: the real Codex CLI against the running product, in a sandbox of its own.
//
// The client is installed into a cache folder outside the repository (it is about 400 MB). Then this script starts the
// suite in a network namespace that has only loopback, so that a client can neither reach its vendor nor leak
// anything, and in a mount namespace whose /etc is a copy, so that /etc/codex/requirements.toml can be written without
// touching the host. Product, mock model, client and vitest all live in there and plain fetch works between them.
// Without arguments two such machines take the files of the suite between them; arguments are handed to vitest on one:
// `npm run conformance -- route1 -t 'whole turn'`.
//
// `npm run conformance -- --codex 0.170.0` installs that version beside the pinned one and says what changed between the
// two (test/conformance/versions.ts); with further arguments it runs those tests with that version instead.
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** The version that everything was measured with: CLIENT_VERSION in src/requirements/schema.ts. */
const PINNED = '0.169.0'
const root = join(import.meta.dirname, '..')
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse-conformance')

/** The client's native binary below an installation, or undefined. */
function binaryIn(folder) {
  const scope = join(folder, 'node_modules', '@openai')
  if (!existsSync(scope)) return undefined
  for (const name of readdirSync(scope)) {
    const vendor = join(scope, name, 'vendor')
    if (!existsSync(vendor)) continue
    for (const target of readdirSync(vendor)) {
      const binary = join(vendor, target, 'bin', 'codex')
      if (existsSync(binary)) return binary
    }
  }
  return undefined
}

function saysItsVersion(binary, version) {
  const said = spawnSync(binary, ['--version'], { encoding: 'utf8', env: { HOME: tmpdir() } })
  return said.status === 0 && said.stdout.trim().endsWith(` ${version}`)
}

/** Installs beside the final folder and renames, so that an interrupted download never looks like a finished one. */
function codex(version) {
  const folder = join(cache, `codex-${version}`)
  const have = binaryIn(folder)
  if (have !== undefined && saysItsVersion(have, version)) return have
  console.log(`Installing @openai/codex@${version} into ${folder} (about 400 MB, once) …`)
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'installing-'))
  writeFileSync(join(fresh, 'package.json'), '{"private":true}\n')
  const args = [
    'install',
    '--prefix',
    fresh,
    '--save-exact',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const npm = spawnSync('npm', [...args, `@openai/codex@${version}`], {
    cwd: fresh,
    stdio: 'inherit',
  })
  if (npm.status !== 0 || binaryIn(fresh) === undefined) {
    rmSync(fresh, { recursive: true, force: true })
    stop(
      `npm could not install @openai/codex@${version}. Check the network and the registry, then run this again.`,
    )
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  const binary = binaryIn(folder)
  if (!saysItsVersion(binary, version))
    stop(`${binary} does not start as codex ${version}. Remove ${folder} and try again.`)
  return binary
}

/**
 * GNOME Keyring and D-Bus, below the cache: the client keeps the tokens of `[config_server.oauth]` in a keyring and
 * nowhere else. The packages are unpacked and not installed, so that the machine stays as it is.
 */
function keyring() {
  const folder = join(cache, 'keyring')
  const found = () => {
    const roots = [folder, '/'].filter((place) => existsSync(join(place, 'usr/bin')))
    return (name) => roots.some((place) => existsSync(join(place, 'usr/bin', name)))
  }
  const programs = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon']
  if (!programs.every(found())) {
    console.log(`Unpacking dbus and gnome-keyring into ${folder} (once) …`)
    mkdirSync(cache, { recursive: true })
    const fresh = mkdtempSync(join(cache, 'unpacking-'))
    unpack(['dbus', 'gnome-keyring'], fresh)
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(fresh, 'root'), folder)
    rmSync(fresh, { recursive: true, force: true })
  }
  const missing = programs.filter((name) => !found()(name))
  if (missing.length > 0) noKeyring(`${missing.join(', ')} did not come with the packages`)
  const libraries = join(folder, 'usr', 'lib')
  const multiarch = existsSync(libraries)
    ? readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'))
    : []
  return {
    GATEHOUSE_KEYRING_PROGRAMS: join(folder, 'usr', 'bin'),
    GATEHOUSE_KEYRING_LIBRARIES: multiarch.map((name) => join(libraries, name)).join(':'),
  }
}

/** Debian's packages with what they need and this machine does not have, into `fresh/root`. */
function unpack(packages, fresh) {
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { encoding: 'utf8' })
  const archives = join(fresh, 'archives')
  // apt wants this folder to be there. Its helper user may not enter ours, so root downloads.
  mkdirSync(join(archives, 'partial'), { recursive: true })
  const download = () =>
    apt(
      'install',
      '--download-only',
      '--no-install-recommends',
      '--yes',
      '-o',
      `Dir::Cache::archives=${archives}`,
      '-o',
      'APT::Sandbox::User=root',
      ...packages,
    )
  let got = download()
  // A bare machine has no lists yet.
  if (got.status !== 0 && apt('update').status === 0) got = download()
  if (got.error !== undefined) noKeyring('apt-get was not found')
  if (got.status !== 0) noKeyring(got.stderr.trim())
  mkdirSync(join(fresh, 'root'))
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    const unpacked = spawnSync('dpkg', ['-x', join(archives, name), join(fresh, 'root')])
    if (unpacked.status !== 0) noKeyring(`dpkg could not unpack ${name}`)
  }
}

function noKeyring(why) {
  stop(
    `no keyring for the client's sign-in: ${why}. Install the packages dbus and gnome-keyring, or run as root on ` +
      'Debian or Ubuntu, where this script fetches them.',
  )
}

function stop(message) {
  console.error(`conformance: ${message}`)
  process.exit(1)
}

/** As root directly; otherwise as the root of a user namespace, where the kernel allows one. */
function unshareArguments() {
  const own = ['--net', '--mount', '--propagation', 'private']
  const args = process.getuid() === 0 ? own : ['--user', '--map-root-user', ...own]
  const probe = spawnSync('unshare', [...args, 'true'], { encoding: 'utf8' })
  if (probe.error !== undefined) stop('`unshare` was not found. Install util-linux.')
  if (probe.status !== 0) {
    stop(
      `this machine does not allow new namespaces (${probe.stderr.trim()}). Run as root; in a container, start it with ` +
        '--privileged, or with --cap-add=SYS_ADMIN,NET_ADMIN and --security-opt seccomp=unconfined,apparmor=unconfined.',
    )
  }
  return args
}

// Loopback is down in a fresh namespace. iproute2 and net-tools may both be missing on a small machine; perl is not on
// any Debian: SIOCSIFFLAGS (0x8914) with IFF_UP | IFF_RUNNING.
const INSIDE = String.raw`
set -e
if command -v ip >/dev/null; then ip link set lo up
elif command -v ifconfig >/dev/null; then ifconfig lo up
else perl -e 'socket(S,2,2,0) or die "socket: $!"; $r=pack("a16 s x14","lo",0x41); ioctl(S,0x8914,$r) or die "lo up: $!"'
fi
mount --bind "$GATEHOUSE_CONFORMANCE_ETC" /etc
exec "$@"
`

/** `--codex VERSION`, and everything else. */
function wanted(args) {
  const at = args.indexOf('--codex')
  if (at === -1) return { version: PINNED, rest: args }
  const version = args[at + 1] ?? ''
  // It becomes part of a path and of an npm argument.
  if (!/^\d+\.\d+\.\d+(?:-[a-z0-9.]+)?$/.test(version))
    stop(`--codex wants a version such as ${PINNED}, not "${version}".`)
  return { version, rest: args.toSpliced(at, 2) }
}

if (process.platform !== 'linux') stop('needs Linux: the sandbox is made of namespaces.')
const { version, rest } = wanted(process.argv.slice(2))
const compares = version !== PINNED && rest.length === 0
const binary = codex(compares ? PINNED : version)
const other = compares ? { GATEHOUSE_CODEX_OTHER: codex(version) } : {}
const keyringPrograms = keyring()
const namespaces = unshareArguments()
const node = join(root, 'node_modules', '.bin', 'node')
const vitest = [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--project',
  'conformance',
]
const running = new Set()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    stopped = true
    for (const child of running) child.kill(signal)
  })

/** A machine that one program after another can be started on: namespaces, and an /etc and a folder of its own. */
function machine() {
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-conformance-'))
  // Passable, not readable: PostgreSQL runs as a user of its own below it.
  chmodSync(scratch, 0o711)
  const etc = join(scratch, 'etc')
  // cp and not fs.cp: owners, modes and links as they are; files this user may not read are not needed.
  mkdirSync(etc)
  spawnSync('cp', ['-a', '/etc/.', etc], { stdio: 'ignore' })
  rmSync(join(etc, 'codex'), { recursive: true, force: true })
  mkdirSync(join(etc, 'codex'))
  // The suite looks for this file before it writes anything below /etc.
  writeFileSync(join(etc, 'gatehouse-conformance'), `${scratch}\n`)
  const env = {
    ...process.env,
    GATEHOUSE_CONFORMANCE_ETC: etc,
    GATEHOUSE_CODEX: binary,
    ...other,
    ...keyringPrograms,
    TMPDIR: scratch,
  }
  const inside = [...namespaces, 'sh', '-c', INSIDE, 'sh']
  return {
    /** Runs a script of Node's in it. `quiet`: its output comes at once when it has ended. */
    run: (args, { quiet = false } = {}) =>
      new Promise((done) => {
        const program = existsSync(node) ? node : process.execPath
        const child = spawn('unshare', [...inside, program, ...args], {
          cwd: root,
          stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
          env,
        })
        running.add(child)
        const said = []
        for (const stream of [child.stdout, child.stderr]) stream?.on('data', (b) => said.push(b))
        child.on('close', (code) => {
          running.delete(child)
          process.stdout.write(Buffer.concat(said))
          done(code ?? 1)
        })
      }),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  }
}

async function alone(args) {
  const one = machine()
  const code = await one.run(args)
  one.remove()
  return code
}

/** What takes longest, first, so that neither of the two is left with it at the end. */
const LONGEST = [
  'signin-workspace',
  'differential',
  'composition',
  'check',
  'signin-config-server',
  'outage',
  'route1',
  'domains',
]

/**
 * The whole suite on two machines, each taking the next file. A client that signs in mostly waits: alone, the suite kept
 * two cores busy for a third of its time.
 */
async function everything() {
  const folder = join('test', 'conformance')
  const place = (file) => {
    const at = LONGEST.indexOf(file.replace('.test.ts', ''))
    return at === -1 ? LONGEST.length : at
  }
  const waiting = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.test.ts'))
    .sort((a, b) => place(a) - place(b))
  const failed = []
  const count = waiting.length
  const work = async () => {
    const one = machine()
    for (let file = waiting.shift(); file !== undefined && !stopped; file = waiting.shift()) {
      const code = await one.run([...vitest, join(folder, file)], { quiet: true })
      if (code !== 0) failed.push(file)
    }
    one.remove()
  }
  await Promise.all([work(), work()])
  console.log(`conformance: ${count} files, ${failed.length} failed ${failed.join(', ')}`)
  return failed.length > 0 || stopped ? 1 : 0
}

process.exitCode = compares
  ? await alone([join(root, 'test', 'conformance', 'versions.ts')])
  : rest.length > 0
    ? await alone([...vitest, ...rest])
    : await everything()
