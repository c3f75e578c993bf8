import { execFileSync } from 'node:child_process'
import type { Enrolment } from './admin.ts'
import { emptyHome, type Home, type MockProvider } from './codex.ts'
import { insideSandbox } from './sandbox.ts'

/** A machine that an administrator has set up with the shell form of the enrolment's snippet, and nothing else. */
export interface Machine {
  /** Another person's first start on this machine: no cache. */
  newHome(provider?: MockProvider): Home
}

/** Runs the snippet exactly as the enrolment's page shows it, as root. */
export function setUp(enrolment: Enrolment): Machine {
  runSnippet(snippet(enrolment).install)
  const environment = loginEnvironment()
  return { newHome: (provider) => emptyHome(environment, provider) }
}

/** Runs the snippet that takes the machine off Gatehouse again. */
export function takeOff(enrolment: Enrolment): Machine {
  const { remove } = snippet(enrolment)
  if (remove === null) throw new Error('the shell snippet has no way back')
  runSnippet(remove)
  const environment = loginEnvironment()
  return { newHome: (provider) => emptyHome(environment, provider) }
}

function snippet(enrolment: Enrolment) {
  const shell = enrolment.snippets.find(({ id }) => id === 'shell')
  if (shell === undefined) throw new Error('the enrolment has no shell snippet')
  return shell
}

function runSnippet(script: string): void {
  insideSandbox()
  execFileSync('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What a login shell on the machine gives to the client: CODEX_CA_CERTIFICATE where there is a local CA. */
export function loginEnvironment(): Readonly<Record<string, string>> {
  const script =
    'for f in /etc/profile.d/*.sh; do [ ! -r "$f" ] || . "$f"; done; printenv CODEX_CA_CERTIFICATE || :'
  const ca = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} }).trim()
  return ca === '' ? {} : { CODEX_CA_CERTIFICATE: ca }
}
