import type { Person } from './company.ts'

type Fetch = (request: Request, env?: object) => Response | Promise<Response>

/** Somebody at a browser: signs in anew when the day has changed, as people do. */
export interface Visitor {
  /** Remembers the password that a person signs in with. */
  readonly knows: (email: string, password: string) => void
  readonly canSignIn: (email: string) => boolean
  /** What the browser calls itself. */
  readonly browser: string
  readonly call: <T>(
    who: Person | undefined,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<T>
  /** A machine of a fleet starts its client. */
  readonly fetchBundle: (key: string, address: string) => Promise<Response>
  /** A client that somebody signed in speaks for itself. */
  readonly speak: (client: Speaker, method: string, path: string, said?: Said) => Promise<Response>
}

export interface Speaker {
  readonly address: string
  /** What it calls itself. */
  readonly agent: string
}

export interface Said {
  readonly json?: object
  readonly form?: Readonly<Record<string, string>>
  readonly bearer?: string
}

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

export function createVisitor(fetch: Fetch, clock: { readonly now: number }): Visitor {
  const passwords = new Map<string, string>()
  const sessions = new Map<string, { readonly cookie: string; readonly since: number }>()

  async function send(
    method: string,
    path: string,
    body: unknown,
    cookie?: string,
  ): Promise<Response> {
    const text = typeof body === 'string'
    const response = await fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: {
          'user-agent': browser,
          'x-gatehouse-csrf': '1',
          ...(cookie === undefined ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': text ? 'text/csv' : 'application/json' }),
        },
        ...(body === undefined ? {} : { body: text ? body : JSON.stringify(body) }),
      }),
      { incoming: { socket: { remoteAddress: '10.20.0.17' } } },
    )
    if (!response.ok)
      throw new Error(`The demo could not be made: ${method} ${path}: ${await response.text()}`)
    return response
  }

  /** The password is asked again after ten minutes for dangerous acts, so a fresh session a turn is the simplest. */
  async function cookieOf(person: Person): Promise<string> {
    const known = sessions.get(person.email)
    if (known && clock.now - known.since < 9 * 60_000) return known.cookie
    const response = await send('POST', '/api/v1/session', {
      email: person.email,
      password: passwords.get(person.email),
    })
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    sessions.set(person.email, { cookie, since: clock.now })
    return cookie
  }

  return {
    knows: (email, password) => void passwords.set(email, password),
    canSignIn: (email) => passwords.has(email),
    browser,
    async call<T>(who: Person | undefined, method: string, path: string, body?: unknown) {
      const response = await send(method, path, body, who && (await cookieOf(who)))
      const text = await response.text()
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    async fetchBundle(key, address) {
      return fetch(new Request(`http://127.0.0.1/c/${key}/codex/config/bundle`), {
        incoming: { socket: { remoteAddress: address } },
      })
    },
    async speak({ address, agent }, method, path, { json, form, bearer } = {}) {
      return fetch(
        new Request(`http://127.0.0.1${path}`, {
          method,
          headers: {
            ...(agent === '' ? {} : { 'user-agent': agent }),
            ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
            ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
          ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
        }),
        { incoming: { socket: { remoteAddress: address } } },
      )
    },
  }
}
