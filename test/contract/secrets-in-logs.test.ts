import { expect, it } from 'vitest'
import { cookieOf, openInbox, signIn, tokenOf } from '../signin.ts'
import { adminKey, owner, startWorld } from '../world.ts'

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
