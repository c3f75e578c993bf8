import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, ensureCertificates } from './certificates.ts'
import { createMailer, type MailerOptions, type SmtpConfig, transportOptions } from './mail.ts'

interface Taken {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly secure: boolean
}

let certificates: Certificates
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mail-'))
  certificates = await ensureCertificates(folder, { hosts: [], now: Date.now() })
  await rm(folder, { recursive: true })
})

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A real mail server on loopback that keeps what it takes. */
async function mailServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      let raw = ''
      stream.setEncoding('utf8').on('data', (part: string) => (raw += part))
      stream.on('end', () => {
        taken.push({
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          secure: session.secure,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { taken, port: (server.server.address() as AddressInfo).port }
}

function mailer(port: number, config: Partial<SmtpConfig> = {}, options: MailerOptions = {}) {
  const whole = { host: '127.0.0.1', port, secure: false, from: 'Gate <gate@a.example>', ...config }
  return createMailer(whole, [`${whole.host}:${port}`], { timeoutMs: 2000, ...options })
}

const mail = { to: 'ada@b.example', subject: 'Grüße', text: 'A link:\nhttps://x.example/#a=b\n' }
const headersOf = ({ raw }: Taken) => raw.split('\r\n\r\n')[0]!.split('\r\n')

describe('send', () => {
  it('hands over a mail', async () => {
    const { taken, port } = await mailServer()
    const result = await mailer(port).send(mail)
    expect(result).toMatchObject({ ok: true, messageId: expect.stringContaining('@') as string })
    expect(taken).toHaveLength(1)
    expect(taken[0]).toMatchObject({ from: 'gate@a.example', to: ['ada@b.example'] })
    expect(headersOf(taken[0]!)).toContain('From: Gate <gate@a.example>')
    expect(headersOf(taken[0]!)).toContain('Auto-Submitted: auto-generated')
    expect(taken[0]!.raw).toContain('https://x.example/#a=b')
  })

  it('adds HTML beside the text, an id of the sender’s choice and a one-click way out', async () => {
    const { taken, port } = await mailServer()
    const unsubscribe = `https://gatehouse.example/unsubscribe/gh_uns_mal0-${'x'.repeat(90)}`
    const more = { html: '<p>A <b>link</b></p>', messageId: 'mal_1@a.example', unsubscribe }
    expect(await mailer(port).send({ ...mail, ...more })).toMatchObject({ ok: true })
    const headers = headersOf(taken[0]!)
    expect(headers).toContain('Message-ID: <mal_1@a.example>')
    expect(headers).toContain(`List-Unsubscribe: <${unsubscribe}>`)
    expect(headers).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    expect(taken[0]!.raw).toMatch(/multipart\/alternative[^]*text\/plain[^]*text\/html/)
    expect(taken[0]!.raw).toContain('<p>A <b>link</b></p>')
  })

  it('lets nobody add headers or recipients', async () => {
    const { taken, port } = await mailServer()
    const sender = mailer(port)
    for (const to of [
      'ada@b.example\r\nBcc: eve@c.example',
      'ada@b.example, eve@c.example',
      'ada@b.example;eve@c.example',
      '<ada@b.example> eve@c.example',
      'Group: eve@c.example',
      '"ada eve@c.example"@b.example',
      'ada',
      '',
    ])
      expect(await sender.send({ ...mail, to })).toMatchObject({ ok: false, code: 'invalid' })
    expect(taken).toEqual([])
    const subject = 'Hello\r\nBcc: eve@c.example\n\nbody\u0000'
    expect((await sender.send({ ...mail, subject })).ok).toBe(true)
    expect(taken[0]!.to).toEqual(['ada@b.example'])
    expect(headersOf(taken[0]!).filter((line) => /^bcc:/i.test(line))).toEqual([])
    expect(headersOf(taken[0]!)).toContain('Subject: Hello Bcc: eve@c.example body')
  })

  it('refuses a sender that is no address', async () => {
    for (const from of ['Gate', 'Gate\r\nX: y <gate@a.example>', 'a@b.example, c@d.example'])
      expect(await mailer(1, { from }).send(mail)).toMatchObject({ ok: false, code: 'invalid' })
  })

  it('signs in, and says when it may not', async () => {
    const { taken, port } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        if (username === 'gate' && password === 'right') done(null, { user: 'gate' })
        else done(new Error('Invalid username or password'))
      },
    })
    expect((await mailer(port, { user: 'gate', password: 'right' }).send(mail)).ok).toBe(true)
    expect(taken).toHaveLength(1)
    const wrong = await mailer(port, { user: 'gate', password: 'wrong' }).send(mail)
    expect(wrong).toMatchObject({ ok: false, code: 'login', temporary: false })
    expect(JSON.stringify(wrong)).not.toContain('wrong')
    expect(await mailer(port, { user: 'gate', password: 'right' }).verify()).toMatchObject({
      ok: true,
    })
  })

  it('passes on what the server has against a recipient', async () => {
    const answers = [
      { responseCode: 550, temporary: false },
      { responseCode: 451, temporary: true },
    ]
    for (const { responseCode, temporary } of answers) {
      const { port } = await mailServer({
        onRcptTo: (_address, _session, done) =>
          done(Object.assign(new Error('no such mailbox'), { responseCode })),
      })
      const result = await mailer(port).send(mail)
      expect(result).toMatchObject({ ok: false, code: 'rejected', temporary })
      expect(result.ok ? '' : result.message).toContain('no such mailbox')
    }
  })

  it('speaks TLS from the start and checks the certificate', async () => {
    const { cert, key, caPem } = certificates
    const { taken, port } = await mailServer({ secure: true, cert, key })
    const trusting = mailer(port, { secure: true, host: 'localhost' }, { ca: caPem! })
    expect((await trusting.send(mail)).ok).toBe(true)
    expect(taken[0]!.secure).toBe(true)
    const unknown = await mailer(port, { secure: true }).send(mail)
    expect(unknown).toMatchObject({ ok: false, code: 'tls' })
  })

  it('tells the ways apart in which a server can be missing', async () => {
    const { port } = await mailServer()
    const refused = await createMailer({
      host: '127.0.0.1',
      port,
      secure: false,
      from: 'a@b.example',
    }).send(mail)
    expect(refused).toMatchObject({ ok: false, code: 'refused_address', temporary: false })
    expect(refused.ok ? '' : refused.remedy).toContain(`127.0.0.1:${port}`)
    expect(await mailer(port, { secure: true }).send(mail)).toMatchObject({ code: 'tls' })
    expect(await mailer(port, { host: 'gone.invalid' }).send(mail)).toMatchObject({
      code: 'unresolved',
      temporary: true,
    })
    expect(await mailer(1).send(mail)).toMatchObject({ code: 'unreachable', temporary: true })

    const silent = createServer(() => undefined)
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    for (const [server, code] of [
      [silent, 'timeout'],
      [web, 'protocol'],
    ] as const) {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      closing.push(() => server.close())
      const at = (server.address() as AddressInfo).port
      expect(await mailer(at, {}, { timeoutMs: 200 }).verify()).toMatchObject({ ok: false, code })
    }
  })
})

describe('transportOptions', () => {
  const config = { host: 'mail.example', port: 587, secure: false, from: 'a@b.example' }
  const user = { user: 'gate', password: 'secret' }

  it('sends a password over an open connection to nobody but this machine', () => {
    const remote = transportOptions({ ...config, ...user }, '192.0.2.1', {})
    expect(remote).toMatchObject({ requireTLS: true, ignoreTLS: false })
    const local = transportOptions({ ...config, ...user }, '127.0.0.1', {})
    expect(local).toMatchObject({ requireTLS: false, ignoreTLS: true })
    expect(transportOptions(config, '192.0.2.1', {})).toMatchObject({ requireTLS: false })
  })

  it('calls the address that was checked and expects the certificate of the name', () => {
    expect(transportOptions(config, '192.0.2.1', {})).toMatchObject({
      host: '192.0.2.1',
      tls: { servername: 'mail.example' },
    })
  })
})
