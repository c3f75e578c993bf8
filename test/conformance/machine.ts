import { execFileSync } from 'node:child_process'
import type { Enrolment, Snippet } from './admin.ts'
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

const snippet = ({ snippets }: Enrolment) => snippetIn(snippets, 'shell')

/** One of the forms that a page shows. */
export function snippetIn(snippets: readonly Snippet[], id: string): Snippet {
  const found = snippets.find((snippet) => snippet.id === id)
  if (found === undefined) throw new Error(`there is no ${id} snippet`)
  return found
}

/** Runs what a page shows, as root. */
export function runSnippet(script: string): void {
  insideSandbox()
  execFileSync('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What a login shell on the machine gives to the client: what our snippets told it, and nothing else. */
export function loginEnvironment(): Readonly<Record<string, string>> {
  const script = 'for f in /etc/profile.d/*.sh; do [ ! -r "$f" ] || . "$f"; done; env -0'
  const told = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} })
  return Object.fromEntries(
    told
      .split('\0')
      .filter((line) => line.startsWith('CODEX_'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
