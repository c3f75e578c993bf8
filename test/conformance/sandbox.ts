import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

const MARK = '/etc/gatehouse-conformance'
const MANAGED = '/etc/codex/requirements.toml'

/**
 * Fails unless this process runs where `npm run conformance` puts it: an /etc that is a copy and a network that is
 * only loopback. Everything that writes below /etc or starts the client calls it first, so that a suite started in
 * another way cannot change the host or let a client talk to its vendor.
 */
export function insideSandbox(): void {
  const outward = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && !address.internal)
  if (!existsSync(MARK) || outward.length > 0) {
    throw new Error(
      'The conformance suite must run in its sandbox (loopback only, an /etc of its own). ' +
        'Start it with `npm run conformance`, as root.',
    )
  }
}

/** Writes what an administrator puts on a machine: the root-owned file that names the configuration server. */
export function writeManagedRequirements(toml: string): void {
  insideSandbox()
  mkdirSync('/etc/codex', { recursive: true })
  writeFileSync(MANAGED, toml)
}

/** Takes that file away again, and nothing else. */
export function removeManagedRequirements(): void {
  insideSandbox()
  rmSync(MANAGED, { force: true })
}

/** Makes the machine one on which nobody has set up a client: what a snippet writes lies in these two folders. */
export function forgetSetup(): void {
  insideSandbox()
  for (const folder of ['/etc/codex', '/etc/profile.d']) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
  }
}

/** The native binary that `npm run conformance` installed. */
export function codexBinary(): string {
  insideSandbox()
  const path = process.env.GATEHOUSE_CODEX
  if (path === undefined || !existsSync(path)) {
    throw new Error('GATEHOUSE_CODEX does not name the client. Start with `npm run conformance`.')
  }
  return path
}

/** A folder that is removed with the sandbox. */
export function sandboxFolder(): string {
  insideSandbox()
  return readFileSync(MARK, 'utf8').trim()
}
