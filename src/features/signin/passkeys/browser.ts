import { challengeFor } from './party.ts'

/** Marks the browser that asked for a challenge before anybody is signed in. It goes nowhere but to the passkey's own routes. */
const name = 'gh_passkey'

export function browserOf(request: Request): string | undefined {
  return /(?:^|;\s*)gh_passkey=([\w-]{43})(?:;|$)/.exec(request.headers.get('cookie') ?? '')?.[1]
}

export function browserCookie(mark: string, secure: boolean): string {
  const age = challengeFor / 1000
  return `${name}=${mark}; Path=/api/v1/session/passkey; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`
}
