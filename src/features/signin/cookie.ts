/** HttpOnly: no script reads it. Lax: other sites cannot send it along with a write, and links into Gatehouse still work. */
const name = 'gh_session'

export function sessionCookie(request: Request): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key = '', value = ''] = part.trim().split('=', 2)
    if (key === name && value !== '') return value
  }
  return undefined
}

/**
 * Secure where the browser speaks https. Origin is what the browser itself sees, whatever proxies stand between; without
 * one (not a browser) the connection and the address of the pages decide. A Secure cookie over plain http would be dropped, and
 * nobody could sign in on the machine itself.
 */
export function isSecure(request: Request, siteUrl: string): boolean {
  const origin = request.headers.get('origin')
  if (origin !== null && origin !== 'null') return origin.startsWith('https://')
  return request.url.startsWith('https://') || siteUrl.startsWith('https://')
}

/** `maxAge` in ms. */
export function cookieFor(token: string, maxAge: number, secure: boolean): string {
  const age = Math.floor(maxAge / 1000)
  return `${name}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? '; Secure' : ''}`
}

export const expiredCookie = (secure: boolean): string => cookieFor('', 0, secure)
