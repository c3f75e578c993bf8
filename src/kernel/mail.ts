import { isIP } from 'node:net'
import type { Transporter } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js'
import { checkHost, isTlsError } from './outbound.ts'

/** A mail server and the sender we use there. */
export interface SmtpConfig {
  readonly host: string
  readonly port: number
  /**
   * TLS from the first byte (port 465). Otherwise the connection is upgraded with STARTTLS where
   * the server offers it.
   */
  readonly secure: boolean
  readonly user?: string
  readonly password?: string
  /** `address@host` or `Name <address@host>`. */
  readonly from: string
}

/** One mail to one person. */
/** A mail before it is known whom it goes to. */
export type MailText = Pick<Mail, 'subject' | 'text'>

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same once more for readers that show HTML; the text stays the alternative. */
  readonly html?: string
  /**
   * `local@host`, without brackets. Given by who may have to send the same mail again after a crash: mail systems that
   * see both can tell that they are one (RFC 5322, section 3.6.4).
   */
  readonly messageId?: string
  /** Where one POST, without signing in, ends such mails (RFC 8058). */
  readonly unsubscribe?: string
}

/** Why a mail was not taken. `temporary` ones are worth trying again later. */
export type MailFailureCode =
  | 'invalid'
  | 'refused_address'
  | 'unresolved'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'login'
  | 'rejected'
  | 'protocol'

export type MailResult =
  | { readonly ok: true; readonly messageId: string }
  | {
      readonly ok: false
      readonly code: MailFailureCode
      readonly temporary: boolean
      readonly message: string
      /** What the admin can do about it. */
      readonly remedy: string
    }

export interface Mailer {
  readonly config: SmtpConfig
  /**
   * Hands one mail to the server. Never throws; `ok` means that the server took it, not that it
   * arrived.
   */
  readonly send: (mail: Mail) => Promise<MailResult>
  /** Connects and signs in without sending anything. */
  readonly verify: () => Promise<MailResult>
}

export interface MailerOptions {
  /** PEM authorities to trust instead of the well-known ones. */
  readonly ca?: string
  /** Milliseconds that the connection and each answer may take; 10 s when left out. */
  readonly timeoutMs?: number
}

/** One address, without the quoting, comments and lists that RFC 5322 allows beside it. */
const ADDRESS = /^[^\s@<>(),;:\\"[\]\p{Cc}]+@[^\s@<>(),;:\\"\p{Cc}]+$/u
const CONTROL = /\p{Cc}+/gu

/**
 * Sends over SMTP. The server is called only when its address is public or `host:port` is among the
 * exceptions; it is resolved once for each connection. Credentials never go over an open
 * connection, except on loopback.
 */
export function createMailer(
  config: SmtpConfig,
  exceptions: readonly string[] = [],
  options: MailerOptions = {},
): Mailer {
  const from = parseFrom(config.from)

  /** Runs `act` on a connection to the checked address. */
  async function connected(
    act: (transport: Transporter<SMTPTransport.SentMessageInfo>) => Promise<string>,
  ): Promise<MailResult> {
    const check = await checkHost(config.host, config.port, exceptions)
    const address = check.ok ? check.addresses[0]?.address : undefined
    if (!check.ok) return failed(check.kind === 'refused' ? 'refused_address' : 'unresolved', check)
    // Only now: most starts send no mail, and loading it takes a while.
    const { createTransport } = await import('nodemailer')
    const transport = createTransport(transportOptions(config, address ?? config.host, options))
    try {
      return { ok: true, messageId: await act(transport) }
    } catch (error) {
      return sendFailure(error as SmtpError, config)
    } finally {
      transport.close()
    }
  }

  return {
    config,
    async send({ to, subject, text, html, messageId, unsubscribe }) {
      if (from === undefined) return badFrom(config.from)
      if (!ADDRESS.test(to))
        return failed('invalid', {
          message: `${JSON.stringify(to)} is not a mail address.`,
          remedy: 'Write one plain address, such as ada@example.com.',
        })
      return connected(async (transport) => {
        const sent = await transport.sendMail({
          from,
          // As an object it is not parsed again, so it stays the one address that was checked.
          to: { name: '', address: to },
          // A line break would start a header of the caller's choice.
          subject: subject.replace(CONTROL, ' ').trim(),
          text,
          ...(html === undefined ? {} : { html }),
          ...(messageId === undefined ? {} : { messageId: `<${messageId}>` }),
          headers: {
            // Keeps out-of-office replies away (RFC 3834, section 5).
            'Auto-Submitted': 'auto-generated',
            ...(unsubscribe === undefined ? {} : unsubscribeHeaders(unsubscribe)),
          },
        })
        return sent.messageId
      })
    },
    async verify() {
      if (from === undefined) return badFrom(config.from)
      return connected(async (transport) => {
        await transport.verify()
        return ''
      })
    },
  }
}

/**
 * How a server at `address` is spoken to. Apart, so that a test can see that passwords stay off
 * open connections.
 */
export function transportOptions(
  config: SmtpConfig,
  address: string,
  { ca, timeoutMs = 10_000 }: MailerOptions,
): SMTPTransport.Options {
  const local = address === '127.0.0.1' || address === '::1'
  const { user, password } = config
  return {
    host: address,
    port: config.port,
    secure: config.secure,
    requireTLS: !config.secure && !local && user !== undefined,
    // Nobody listens between us and ourselves, and local relays rarely have a certificate that can
    // be checked.
    ignoreTLS: !config.secure && local,
    tls: {
      minVersion: 'TLSv1.2',
      ...(isIP(config.host) === 0 ? { servername: config.host } : {}),
      ...(ca === undefined ? {} : { ca }),
    },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** RFC 8058, section 3.1. Prepared: folding would break the address at its dashes. */
const unsubscribeHeaders = (url: string) => ({
  'List-Unsubscribe': { prepared: true, value: `<${url}>` },
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})

function parseFrom(from: string): { name: string; address: string } | undefined {
  const match = /^\s*(?:"?([^"<>]*?)"?\s*<([^<>]+)>|(\S+))\s*$/.exec(from)
  const address = match?.[2] ?? match?.[3] ?? ''
  const name = match?.[1] ?? ''
  return ADDRESS.test(address) && !/\p{Cc}/u.test(name) ? { name: name.trim(), address } : undefined
}

type SmtpError = Error & { code?: string; responseCode?: number; response?: string }

function sendFailure(error: SmtpError, config: SmtpConfig): MailResult {
  const server = `${config.host}:${config.port}`
  const { code = '', responseCode = 0 } = error
  const said = (error.response ?? error.message).replace(CONTROL, ' ')
  const temporary = responseCode >= 400 && responseCode < 500
  if (code === 'EAUTH')
    return failed(
      'login',
      {
        message: `The mail server ${server} did not accept the sign-in: ${said}`,
        remedy: 'Check user name and password in GATEHOUSE_SMTP_URL.',
      },
      temporary,
    )
  if (code === 'ETLS' || isTlsError(code) || (code === 'ESOCKET' && looksLikeTls(error)))
    return failed('tls', {
      message: `No secure connection to the mail server ${server}: ${said}`,
      remedy: config.secure
        ? 'smtps:// speaks TLS from the start; use smtp:// for a port with STARTTLS, usually 587.'
        : 'The server has to offer STARTTLS with a certificate that this machine trusts; smtps:// is for port 465.',
    })
  if (code === 'ETIMEDOUT' || /timeout/i.test(error.message))
    return failed('timeout', {
      message: `The mail server ${server} did not answer in time.`,
      remedy: config.secure
        ? 'Check the port: smtps:// is for ports that speak TLS from the start, usually 465.'
        : 'Check host and port, and that no firewall is between; smtps:// is for port 465.',
    })
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return failed(
      'rejected',
      {
        message: `The mail server ${server} did not take the mail: ${said}`,
        remedy: 'Check the recipient, and that this server may send as GATEHOUSE_MAIL_FROM.',
      },
      temporary,
    )
  if (code === 'EPROTOCOL')
    return failed('protocol', {
      message: `What answers at ${server} is no mail server: ${said}`,
      remedy: 'Check host and port in GATEHOUSE_SMTP_URL.',
    })
  return failed('unreachable', {
    message: `The mail server ${server} cannot be reached: ${said}`,
    remedy: 'Check host and port in GATEHOUSE_SMTP_URL, and that the server runs.',
  })
}

/** nodemailer reports sockets that break and certificates that fail under the same code. */
const looksLikeTls = (error: Error): boolean =>
  /certificate|ssl|tls|altnames|self.signed|wrong version/i.test(error.message)

const temporaryCodes: ReadonlySet<MailFailureCode> = new Set([
  'unresolved',
  'unreachable',
  'timeout',
  'protocol',
])

function failed(
  code: MailFailureCode,
  { message, remedy }: { readonly message: string; readonly remedy: string },
  temporary = temporaryCodes.has(code),
): MailResult {
  return { ok: false, code, temporary, message, remedy }
}

const badFrom = (from: string): MailResult =>
  failed('invalid', {
    message: `The sender ${JSON.stringify(from)} is not a mail address.`,
    remedy: 'Set GATEHOUSE_MAIL_FROM to an address or to Name <address>.',
  })
