// `npm run conformance`: the real Codex CLI against the running product, in a sandbox of its own.
//
// The client is installed into a cache folder outside the repository (it is about 400 MB). Then this script starts the
// suite in a network namespace that has only loopback, so that a client can neither reach its vendor nor leak
// anything, and in a mount namespace whose /etc is a copy, so that /etc/codex/requirements.toml can be written without
// touching the host. Product, mock model, client and vitest all live in there and plain fetch works between them.
// Arguments are handed to vitest: `npm run conformance -- route1 -t 'whole turn'`.
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

const VERSION = '0.169.0'
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

function saysItsVersion(binary) {
  const said = spawnSync(binary, ['--version'], { encoding: 'utf8', env: { HOME: tmpdir() } })
  return said.status === 0 && said.stdout.trim().endsWith(` ${VERSION}`)
}

/** Installs beside the final folder and renames, so that an interrupted download never looks like a finished one. */
function codex() {
  const folder = join(cache, `codex-${VERSION}`)
  const have = binaryIn(folder)
  if (have !== undefined && saysItsVersion(have)) return have
  console.log(`Installing @openai/codex@${VERSION} into ${folder} (about 400 MB, once) …`)
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
  const npm = spawnSync('npm', [...args, `@openai/codex@${VERSION}`], {
    cwd: fresh,
    stdio: 'inherit',
  })
  if (npm.status !== 0 || binaryIn(fresh) === undefined) {
    rmSync(fresh, { recursive: true, force: true })
    stop(
      `npm could not install @openai/codex@${VERSION}. Check the network and the registry, then run this again.`,
    )
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  const binary = binaryIn(folder)
  if (!saysItsVersion(binary))
    stop(`${binary} does not start as codex ${VERSION}. Remove ${folder} and try again.`)
  return binary
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

if (process.platform !== 'linux') stop('needs Linux: the sandbox is made of namespaces.')
const binary = codex()
const namespaces = unshareArguments()
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

const node = join(root, 'node_modules', '.bin', 'node')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const suite = spawn(
  'unshare',
  [
    ...namespaces,
    'sh',
    '-c',
    INSIDE,
    'sh',
    existsSync(node) ? node : process.execPath,
    vitest,
  ].concat(['run', '--project', 'conformance'], process.argv.slice(2)),
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      GATEHOUSE_CONFORMANCE_ETC: etc,
      GATEHOUSE_CODEX: binary,
      TMPDIR: scratch,
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => suite.kill(signal))
suite.on('exit', (code) => {
  rmSync(scratch, { recursive: true, force: true })
  process.exitCode = code ?? 1
})
