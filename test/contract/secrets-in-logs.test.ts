import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { minute } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { all, queries } from '#kernel/work.ts'
import { askForCode, decide, exchange, poll } from '../clients.ts'
import {
  agree,
  authorizePath,
  configServer,
  exchangeCode,
  form,
  pkce,
  refreshByForm,
  refreshByJson,
  setSurface,
  workspaceApp,
} from '../oauth.ts'
import { askScim, connectDirectory, oktaUser, patchOp } from '../scim.ts'
import { addApp, openBrowser, passwordSignIn } from '../second-factor.ts'
import { cookieOf, openInbox, signIn, tokenOf } from '../signin.ts'
import { adminKey, owner, startWorld, type Answer, type World } from '../world.ts'

it('the log of everything that secrets go through holds none of them', async () => {
  const inbox = await openInbox()
  const world = await startWorld({
    env: { ...inbox.env, GATEHOUSE_METRICS_KEY: 'metrics-key-7 metrics' },
  })
  const secrets = new Set<string>([adminKey, owner.password, 'metrics-key-7 metrics'])
  const secret = (text: unknown): string => {
    expect(String(text).length).toBeGreaterThan(10)
    secrets.add(String(text))
    return String(text)
  }
  const post = (path: string, body: unknown, cookie?: string) =>
    world.call('POST', path, { body, ...(cookie === undefined ? {} : { cookie }) })
  const done = (answer: { status: number }): void => expect(answer.status).toBeLessThan(300)
  try {
    // Sign-in: right, wrong, in the wrong field, and in a body that does not fit.
    const session = await signIn(world, owner.email, owner.password)
    done(session)
    const cookie = cookieOf(session)
    secret(cookie.split('=')[1])
    await signIn(world, owner.email, secret('a wrong password it is'))
    await signIn(world, secret('typed-into-the@wrong.field'), 'x')
    await post('/api/v1/session', { email: owner.email, password: [secret('in the wrong form')] })
    await world.call('POST', '/api/v1/session', {
      body: `{"password": "${secret('broken JSON it is')}`,
      headers: { 'content-type': 'application/json' },
    })

    // A one-time link and the password that is chosen with it; the link once more.
    const invited = await world.admin('POST', '/api/v1/invitations', {
      email: 'ada@acme.example',
      name: 'Ada',
      role: 'admin',
    })
    done(invited)
    // The mail goes out from a job, and not at all when the link was used before.
    await inbox.next()
    const token = secret(tokenOf(invited.json.link.url as string))
    const chosen = { token, name: 'Ada', password: secret('a password Ada chose') }
    done(await post('/api/v1/invitations/accept', chosen))
    await post('/api/v1/invitations/accept', chosen)

    // A reset by mail.
    await post('/api/v1/password-reset', { email: 'ada@acme.example' })
    const mail = await inbox.next()
    const reset = secret(/#(\S+)/.exec(mail.text)?.[1])
    done(
      await post('/api/v1/password-reset/complete', {
        token: reset,
        password: secret('the next password of Ada'),
      }),
    )

    // Second factors: an app, its codes right and wrong, recovery codes.
    const person = openBrowser(world, cookie)
    const app = await addApp(world, person)
    secret(app.secret)
    for (const code of app.codes) secret(code)
    world.clock.advance(minute)
    const half = await passwordSignIn(world, owner.email, owner.password)
    await half.browser.post('/api/v1/session/second-factor', { recoveryCode: secret('not-a-code-of-hers') }) // prettier-ignore
    done(await half.browser.post('/api/v1/session/second-factor', { recoveryCode: app.codes[0] }))
    secret(half.browser.cookie.split('=')[1])

    // Keys: made, used, used wrongly, revoked; in a header, in a path, in a query.
    const key = await world.admin('POST', '/api/v1/keys', { name: 'CI', scopes: ['policies.read'] })
    secret(key.json.secret)
    await world.call('GET', '/api/v1/policies', { key: key.json.secret as string })
    await world.call('GET', `/api/v1/policies?q=${String(key.json.secret)}`, { key: adminKey })
    await world.call('GET', `/api/v1/policies/${String(key.json.secret)}`, { key: adminKey })
    await world.admin('DELETE', `/api/v1/keys/${String(key.json.key.id)}`)
    await world.call('GET', '/api/v1/policies', { key: key.json.secret as string })
    await world.call('GET', '/api/v1/policies', { key: secret('a foreign key that opens nothing') })
    await world.call('GET', '/metrics', { key: 'metrics-key-7 metrics' })
    const bucket = {
      name: 'Bucket',
      kind: 's3',
      settings: {
        endpoint: 'https://s3.acme.example',
        bucket: 'archive',
        region: 'eu-central-1',
        accessKeyId: 'an access key id',
      },
      secretAccessKey: secret('the secret key of a bucket'),
    }
    done(await world.admin('POST', '/api/v1/compliance/destinations', bucket))
    const hook = { name: 'Hook', kind: 'webhook', settings: { url: 'https://siem.acme.example/h' } }
    const hooked = await world.admin('POST', '/api/v1/compliance/destinations', hook)
    secret(hooked.json.secret)
    const enrolment = await world.admin('POST', '/api/v1/enrolments', { name: 'Fleet' })
    const path = `/c/${secret(enrolment.json.key)}/codex/config/bundle`
    done(await world.call('GET', path))
    await world.call('GET', path.replace('/bundle', '/nothing'))
    await world.call('POST', path)

    // An error that nobody foresaw, while a secret is in the address.
    const db = world.app.runtime.db as { -readonly [K in 'read']: unknown }
    const { read } = db
    db.read = () => Promise.reject(new Error('unforeseen'))
    expect((await world.admin('GET', `/api/v1/policies?q=${String(key.json.secret)}`)).status).toBe(
      500,
    )
    db.read = read

    const log = world.logged.join('\n')
    expect(log).toContain('unforeseen')
    for (const text of secrets) expect(log).not.toContain(text)
    // What a secret unlocks stays out as well when it is only cut off at the end.
    expect(log).not.toContain(String(enrolment.json.key).slice(-30))
  } finally {
    await world.close()
    await inbox.close()
  }
})

interface Seen {
  readonly asked: string
  readonly answer: Answer
}
/** The same world, but every answer is kept. */
function watched(world: World): { readonly world: World; readonly seen: readonly Seen[] } {
  const seen: Seen[] = []
  const call: World['call'] = async (method, path, options) => {
    const answer = await world.call(method, path, options)
    seen.push({ asked: `${method} ${path.split('?')[0] ?? ''}`, answer })
    return answer
  }
  const admin: World['admin'] = (method, path, body) =>
    call(method, path, { key: adminKey, ...(body === undefined ? {} : { body }) })
  return { world: { ...world, call, admin }, seen }
}

/** Every file below, byte by byte. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))

const tables = queries<{
  client_tokens: { successor: string | null }
  client_signing_keys: { sealed: string }
}>()

it('no log, header, address or answer of another holds what clients are given', async () => {
  const inbox = await openInbox()
  const started = await startWorld({ env: inbox.env })
  const { world, seen } = watched(started)
  const secrets = new Map<string, string>()
  const secret = (kind: string, text: unknown): string => {
    expect(String(text).length, kind).toBeGreaterThan(7)
    secrets.set(String(text), kind)
    return String(text)
  }
  const tokensOf = (answer: Answer): Readonly<Record<string, string>> => {
    expect(answer.status, answer.text).toBe(200)
    const { access_token, refresh_token, id_token } = answer.json as Record<string, string>
    for (const [kind, text] of Object.entries({ access_token, refresh_token, id_token }))
      if (text !== undefined) secret(kind, text)
    return answer.json as Record<string, string>
  }
  try {
    const session = await signIn(world, owner.email, owner.password)
    const cookie = cookieOf(session)

    // Both programs in the browser, with everything that goes wrong on the way.
    const signedIn: Readonly<Record<string, string>>[] = []
    for (const program of [configServer, workspaceApp]) {
      const pair = pkce()
      secret('verifier', pair.verifier)
      const other = { state: secret('state', 'a state nobody else knows'), nonce: 'a nonce' }
      const code = secret('code', (await agree(world, cookie, program, pair, other)).get('code'))
      await exchangeCode(
        world,
        program,
        { ...pair, verifier: secret('verifier', pkce().verifier) },
        code,
      )
      await exchangeCode(world, program, pair, `${code}x`)
      await world.call('POST', '/oauth/token', {
        body: `{"code": "${code}", "code_verifier": "${pair.verifier}`,
        headers: { 'content-type': 'application/json' },
      })
      await world.call('POST', '/oauth/token', {
        ...form({}),
        body: `code=${code}&code=${code}&code_verifier=${pair.verifier}`,
      })
      await world.call('GET', `/oauth/token?code=${code}&code_verifier=${pair.verifier}`)
      signedIn.push(tokensOf(await exchangeCode(world, program, pair, code)))
    }
    const [own = {}, ours = {}] = signedIn

    // A device, from the code to the exchange; typed wrongly as well.
    const asked = await askForCode(world)
    secret('device_auth_id', asked.deviceAuthId)
    secret('user code', asked.userCode)
    secret('user code', asked.userCode.replace('-', ''))
    await poll(world, asked)
    await poll(world, { ...asked, userCode: 'BBBB-BBBB' })
    await world.call('GET', `/codex/device?user_code=${asked.userCode}`)
    expect((await decide(world, cookie, asked.userCode)).status).toBe(204)
    const mails = [
      await inbox.next(/with a device code/),
      await inbox.next(/in the browser/),
      await inbox.next(/in the browser/),
    ]
    const answered = await poll(world, asked)
    secret('code', answered.json.authorization_code)
    secret('verifier', answered.json.code_verifier)
    tokensOf(await exchange(world, answered))

    // An access token that somebody makes, and the one that takes its place.
    const mine = '/api/v1/me/access-tokens'
    const make = async (path: string, wish: object): Promise<string> => {
      const made = await world.call('POST', path, {
        cookie,
        body: { expiresInDays: 30, ...wish },
      })
      expect(made.status, made.text).toBe(201)
      secret('access token', made.json.secret)
      return made.json.token.id as string
    }
    const made = await make(mine, { name: 'ci' })
    await make(`${mine}/${made}/rotate`, { oldEndsInHours: 1 })

    // Refreshed, lost, in both forms, by the wrong client, stolen.
    const second = tokensOf(await refreshByForm(world, configServer, own['refresh_token'] ?? ''))
    tokensOf(await refreshByForm(world, configServer, own['refresh_token'] ?? ''))
    tokensOf(await refreshByJson(world, workspaceApp, ours['refresh_token'] ?? ''))
    await refreshByForm(world, workspaceApp, second['refresh_token'] ?? '')
    const { db } = world.app.runtime
    const sealed = await db.read(function* () {
      return [
        ...(yield* all(tables.selectFrom('client_tokens').select('successor as text'))),
        ...(yield* all(tables.selectFrom('client_signing_keys').select('sealed as text'))),
      ].flatMap(({ text }) => text ?? [])
    })
    expect(sealed.length).toBeGreaterThan(2)
    for (const text of sealed) secret('sealed', text)
    const jwk = JSON.parse(
      await db.read(function* () {
        const keys = queries<{ client_signing_keys: { kid: string; sealed: string } }>()
        const [row] = yield* all(keys.selectFrom('client_signing_keys').selectAll())
        return world.app.runtime.secrets.open(
          row?.sealed ?? '',
          `clients.signing-key:${row?.kid ?? ''}`,
        )
      }),
    ) as { d: string }
    secret('private key', jwk.d)

    // Presented everywhere, rightly and wrongly.
    const presented = [...secrets.keys()].filter((text) => /^(gh_|at-|eyJ)/.test(text))
    for (const token of presented) {
      for (const path of [
        '/member/codex/config/bundle',
        '/backend-api/wham/config/bundle',
        '/backend-api/wham/accounts/check',
        '/backend-api/nothing',
        '/v1/user-auth-credential/whoami',
        '/api/v1/me',
      ])
        await world.call('GET', path, { key: token })
      await world.call('GET', `/member/codex/config/bundle?access_token=${token}`)
      await world.call('GET', `/c/${token}/codex/config/bundle`)
      await world.call('GET', `/authorize/${token}`)
      await world.call('GET', `/api/v1/authorizations/${token}`, { cookie })
      await world.call('GET', `/api/v1/clients/${token}`, { key: adminKey })
      await world.call('GET', `/api/v1/clients?q=${token}`, { key: adminKey })
      await world.call('GET', `/oauth/authorize?client_id=${token}`)
    }
    await world.call('GET', `/api/v1/search?q=${asked.userCode}`, { key: adminKey })

    // Theft, revocation, a surface that is off, and an error that nobody foresaw.
    world.clock.advance(minute)
    await refreshByForm(world, configServer, own['refresh_token'] ?? '')
    mails.push(await inbox.next(/sent again/))
    await world.call('POST', '/oauth/revoke', { body: { token: ours['access_token'] } })
    await setSurface(world, 'codex_local', false)
    await refreshByJson(world, workspaceApp, ours['refresh_token'] ?? '')
    await setSurface(world, 'codex_local', true)
    const broken = db as { -readonly [K in 'read' | 'tx']: Db[K] }
    const { read, tx } = broken
    const fail = () => Promise.reject(new Error('unforeseen'))
    Object.assign(broken, { read: fail, tx: fail })
    for (const token of presented) {
      await refreshByForm(world, configServer, token)
      await exchangeCode(world, configServer, pkce(), token)
      await world.call('POST', '/oauth/revoke', form({ token }))
      await world.call('GET', '/backend-api/wham/config/bundle', { key: token })
      await poll(world, { deviceAuthId: token, userCode: asked.userCode })
    }
    await world.call(
      'GET',
      authorizePath(configServer, pkce(), { state: 'a state nobody else knows' }),
    )
    Object.assign(broken, { read, tx })

    const log = world.logged.join('\n')
    expect(log).toContain('unforeseen')
    for (const [text, kind] of secrets) {
      expect(log, kind).not.toContain(text)
      // Nor the end of a token, which is what it is worth.
      if (text.length > 60) expect(log, kind).not.toContain(text.slice(-30))
      for (const mail of mails) expect(mail.text, kind).not.toContain(text)
    }

    // In an answer only for who asked for it, in no header, and in one address: the code in that of the program.
    const givesTokens = /^POST \/(oauth\/token|api\/accounts\/deviceauth\/(usercode|token))$/
    const makesTokens = /^POST \/api\/v1\/me\/access-tokens/
    const agreed = /^POST \/api\/v1\/authorizations\/aut_\w+\/approve$/
    for (const { asked, answer } of seen) {
      const headers = [...answer.headers].map((pair) => pair.join(': ')).join('\n')
      const own = givesTokens.test(asked)
      for (const [text, kind] of secrets) {
        expect(headers, `${asked} ${kind}`).not.toContain(text)
        const allowed =
          own ||
          (makesTokens.test(asked) && kind === 'access token') ||
          (agreed.test(asked) && ['code', 'state'].includes(kind)) ||
          kind === 'user code'
        // An error page repeats the name of the program that it does not know.
        if (!allowed && !asked.startsWith('GET /oauth/authorize'))
          expect(answer.text, `${asked} ${kind}`).not.toContain(text)
        if (['sealed', 'private key'].includes(kind)) expect(answer.text).not.toContain(text)
      }
      if (own && answer.status === 200) expect(answer.headers.get('cache-control')).toBe('no-store')
      if (agreed.test(asked)) {
        expect(answer.headers.get('cache-control')).toBe('no-store')
        const to = new URL(answer.json.redirectTo as string)
        expect([...to.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
      }
    }

    // What is written down beside it: the trail, and every file of the data folder.
    const trail = await world.admin('GET', '/api/v1/activity?limit=500')
    const listed = await world.admin('GET', '/api/v1/clients?limit=100')
    for (const [text, kind] of secrets)
      for (const { text: written } of [trail, listed]) expect(written, kind).not.toContain(text)
    const files = filesIn(world.data)
    expect(files.length).toBeGreaterThan(1)
    for (const [text, kind] of secrets)
      if (!['state', 'user code', 'sealed'].includes(kind))
        for (const written of files) expect(written.includes(text), kind).toBe(false)
  } finally {
    await started.close()
    await inbox.close()
  }
})

it('nothing that is written down holds the token of a directory, nor a password that it sends', async () => {
  const started = await startWorld()
  const { world, seen } = watched(started)
  try {
    const directory = await connectDirectory(world, { name: 'Okta' })
    const rotated = await world.admin('POST', `/api/v1/directories/${directory.id}/tokens`, {
      overlapHours: 1,
    })
    const tokens = [directory.token, rotated.json.secret as string]
    const passwords = ['a password from Okta', 'another one from Okta', 'in a body that breaks off']
    for (const text of tokens) expect(text).toMatch(/^gh_scm_.{30,}$/)
    const [first = '', second = '', broken = ''] = passwords
    for (const key of tokens) {
      const ask = (method: string, path: string, body?: unknown) =>
        askScim(world, key, method, path, body)
      const name = `ada${tokens.indexOf(key)}`
      const made = await ask('POST', '/Users', oktaUser(name, { password: first }))
      expect(made.status, made.text).toBe(201)
      const path = `/Users/${made.json.id as string}`
      const set = { op: 'replace', path: 'password', value: second }
      const all = { op: 'replace', value: { password: second, title: 'Engineer' } }
      for (const operation of [set, all]) await ask('PATCH', path, patchOp(operation))
      await ask('PUT', path, oktaUser(name, { password: second }))
      await ask('GET', `/Users?filter=${encodeURIComponent(`password eq "${second}"`)}`)
      await world.call('POST', '/scim/v2/Users', {
        key,
        body: `{"userName": "bob@acme.example", "password": "${broken}`,
        headers: { 'content-type': 'application/scim+json' },
      })
      // Where it does not belong.
      await ask('GET', `/Users/${key}`)
      await ask('GET', `/Users?filter=${encodeURIComponent(`externalId eq "${key}"`)}`)
      await world.call('GET', `/scim/v2/Users?access_token=${key}`)
      await world.call('GET', '/api/v1/members', { key })
      await world.admin('GET', `/api/v1/directories/${key}`)
      await world.call('GET', '/scim/v2/Users', { key: `${key}x` })
      await world.call('GET', '/scim/v2/Users', { key: key.replace('scm', 'key') })
    }
    const db = started.app.runtime.db as { -readonly [K in 'read' | 'tx']: Db[K] }
    const { read, tx } = db
    const fail = () => Promise.reject(new Error('unforeseen'))
    Object.assign(db, { read: fail, tx: fail })
    for (const key of tokens) await world.call('GET', '/scim/v2/Users', { key })
    Object.assign(db, { read, tx })

    const id = directory.id
    const lines = await world.admin('GET', `/api/v1/directories/${id}/log?limit=500`)
    expect(lines.text).toContain('ada1@acme.example')
    const written = [
      world.logged.join('\n'),
      lines.text,
      (await world.admin('GET', `/api/v1/directories/${id}`)).text,
      (await world.admin('GET', '/api/v1/activity?limit=500')).text,
      ...filesIn(world.data),
    ]
    expect(written[0]).toContain('unforeseen')
    for (const text of [...tokens, ...passwords])
      for (const [i, place] of written.entries())
        expect([i, place.includes(text)]).toEqual([i, false])
    // Given once, to who made it; an error of SCIM repeats no password.
    const makes = /^POST \/api\/v1\/directories(\/\w+\/tokens)?$/
    for (const { asked, answer } of seen) {
      if (!makes.test(asked))
        for (const token of tokens) expect(answer.text, asked).not.toContain(token.slice(-30))
      for (const text of passwords) expect(answer.text, asked).not.toContain(text)
    }
  } finally {
    await started.close()
  }
})
