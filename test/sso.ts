import { Browser, openProvider, type Person, type StandIn, type Wrong } from './sso-provider.ts'
import { tokenOf } from './signin.ts'
import { startWorld, type Answer, type World } from './world.ts'

/** A world with a provider that is on: “Acme ID”, for acme.example, making members, telling groups. */
export interface SsoWorld {
  readonly world: World
  readonly idp: StandIn
  readonly acme: string
  /** Another provider that the operator allows to be called, not yet connected. */
  readonly other: StandIn
  /** Connects one and turns it on; its id. */
  connect(at: StandIn, more: object): Promise<string>
  /** A whole round trip in a browser; the answer of the way back. */
  roundTrip(browser: Browser, person: Person, how?: How): Promise<Answer>
  /** Why a round trip came to nothing, as the page says it; `unknown` where it says nothing. */
  why(browser: Browser, answer: Answer): Promise<string>
  /** The address of whoever is signed in. */
  session(browser: Browser): Promise<string | undefined>
  /** Tries to get in with what is wrong; why it does not work. Throws when it does. */
  refused(person: Person, wrong?: Wrong): Promise<string>
  member(email: string): Promise<{ readonly id: string; readonly version: number }>
  /** Invites somebody, who chooses a password at once. */
  invite(email: string): Promise<Answer>
  close(): Promise<unknown>
}

interface How {
  readonly wrong?: Wrong
  readonly next?: string
  readonly at?: StandIn
  readonly id?: string
}

/** The password of whoever was invited. */
export const chosen = 'seven grey herons wade'

/** What Acme ID says of its own people. */
export const her = (sub: string, more: object = {}): Person => ({
  sub,
  email: `${sub}@acme.example`,
  email_verified: true,
  ...more,
})

/** Where an answer sends the browser. */
export const landing = (answer: Answer): string => answer.headers.get('location') ?? ''

export async function startSso(): Promise<SsoWorld> {
  const clock = { now: 0 }
  const [idp, other] = [await openProvider(clock), await openProvider(clock)]
  const world = await startWorld({
    env: { GATEHOUSE_OUTBOUND_EXCEPTIONS: `${idp.host},${other.host}` },
  })
  Object.defineProperty(clock, 'now', { get: () => world.clock.now })

  const connect: SsoWorld['connect'] = async (at, more) => {
    const made = await world.admin('POST', '/api/v1/sso/providers', {
      issuer: at.issuer,
      clientId: 'gatehouse',
      clientSecret: at.secret,
      ...more,
    })
    if (made.status !== 201) throw new Error(made.text)
    const id = made.json.id as string
    await world.admin('PATCH', `/api/v1/sso/providers/${id}`, { version: 1, on: true })
    return id
  }
  const acme = await connect(idp, {
    name: 'Acme ID',
    domains: ['acme.example'],
    justInTime: true,
    groupsClaim: 'groups',
  })

  const roundTrip: SsoWorld['roundTrip'] = async (
    browser,
    person,
    { wrong, next = '/policies', at = idp, id = acme } = {},
  ) => {
    const out = await browser.open(`/sso/start/${id}?next=${encodeURIComponent(next)}`)
    if (out.status !== 303) throw new Error(out.text)
    return browser.open(at.signIn(landing(out), person, wrong))
  }
  const why: SsoWorld['why'] = async (browser, answer) => {
    const of = new URL(landing(answer)).searchParams.get('of')
    if (of === null) return 'unknown'
    const { json } = await browser.open(`/api/v1/sso/outcomes/${of}`)
    if (json.ok !== false || typeof json.remedy !== 'string') throw new Error('It went well.')
    return json.code as string
  }
  const session: SsoWorld['session'] = async (browser) =>
    (await browser.open('/api/v1/session')).json?.member?.email as string | undefined

  return {
    world,
    idp,
    acme,
    other,
    connect,
    roundTrip,
    why,
    session,
    async refused(person, wrong) {
      const browser = new Browser(world)
      const back = await roundTrip(browser, person, wrong ? { wrong } : {})
      if ((await session(browser)) !== undefined) throw new Error('She got in.')
      return why(browser, back)
    },
    async member(email) {
      const { json } = await world.admin('GET', `/api/v1/members?q=${encodeURIComponent(email)}`)
      return json.items[0] as { id: string; version: number }
    },
    async invite(email) {
      const invited = await world.admin('POST', '/api/v1/invitations', { email })
      const token = tokenOf(invited.json.link.url as string)
      return world.call('POST', '/api/v1/invitations/accept', {
        body: { token, name: 'X', password: chosen },
      })
    },
    close: () => Promise.all([world.close(), idp.close(), other.close()]),
  }
}
