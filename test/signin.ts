import { SMTPServer } from 'smtp-server'
import type { Answer, World } from './world.ts'

/** The cookie pair out of Set-Cookie, as a browser would send it back. */
export function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

export async function signIn(
  world: World,
  email: string,
  password: string,
  ip?: string,
): Promise<Answer> {
  return world.call('POST', '/api/v1/session', {
    body: { email, password },
    ...(ip === undefined ? {} : { headers: { 'x-forwarded-for': ip } }),
  })
}

/** The token behind the # of a one-time link. */
export const tokenOf = (url: string): string => new URL(url).hash.slice(1)

/** The link of the first run, as the console shows it. */
export async function setupToken(world: World): Promise<string> {
  const lines: string[] = []
  await world.app.greet((line) => void lines.push(line))
  const url = lines.map((line) => line.trim()).find((line) => line.includes('/setup#'))
  return url === undefined ? '' : tokenOf(url)
}

export interface Inbox {
  /** For GATEHOUSE_SMTP_URL and its exception. */
  readonly env: Readonly<Record<string, string>>
  /** Waits for the next mail, or the next whose text matches: its recipient and its text, undone from quoted-printable. */
  readonly next: (about?: RegExp) => Promise<{ readonly to: string; readonly text: string }>
  readonly close: () => Promise<void>
}

/** A real mail server on loopback that keeps what it gets. */
export async function openInbox(): Promise<Inbox> {
  const mails: { to: string; text: string }[] = []
  const readers: { about: RegExp; take: (mail: { to: string; text: string }) => void }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const raw = Buffer.concat(parts).toString()
        const plain = raw
          .replaceAll(/=\r?\n/g, '')
          .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
        const mail = { to: session.envelope.rcptTo.map((to) => to.address).join(), text: plain }
        const reader = readers.findIndex(({ about }) => about.test(mail.text))
        if (reader < 0) mails.push(mail)
        else for (const { take } of readers.splice(reader, 1)) take(mail)
        done()
      })
    },
  })
  const port = await new Promise<number>((ready) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      ready((listening.address() as { port: number }).port)
    })
  })
  return {
    env: {
      GATEHOUSE_SMTP_URL: `smtp://127.0.0.1:${port}`,
      GATEHOUSE_MAIL_FROM: 'gatehouse@acme.example',
      GATEHOUSE_OUTBOUND_EXCEPTIONS: `127.0.0.1:${port}`,
    },
    next: (about = /^/) =>
      new Promise((take) => {
        const found = mails.findIndex(({ text }) => about.test(text))
        if (found < 0) readers.push({ about, take })
        else for (const mail of mails.splice(found, 1)) take(mail)
      }),
    close: () => new Promise((done) => server.close(() => done())),
  }
}
