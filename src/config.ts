import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { addressList } from '#kernel/address.ts'
import type { SmtpConfig } from '#kernel/mail.ts'

/** Everything that comes from outside the database, read once. `gatehouse doctor` prints it with the secrets masked. */
export interface Config {
  readonly listen: Address
  readonly tlsListen: Address
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Without a trailing slash. */
  readonly publicUrl: string
  /**
   * Where people open the pages: the public address, or without one the http listener, since no browser trusts the local
   * CA yet when the first link is opened.
   */
  readonly siteUrl: string
  /** Addresses and CIDR ranges whose X-Forwarded-For we believe. */
  readonly trustedProxies: readonly string[]
  readonly data: string
  readonly keyFile: string
  readonly databaseUrl: string | undefined
  readonly smtp: SmtpConfig | undefined
  /** host:port entries on private addresses that may be called all the same (mail server, identity provider). */
  readonly outboundExceptions: readonly string[]
  /** A Chromium that renders watched pages which bring no content otherwise. */
  readonly chromium: string | undefined
  readonly logLevel: string
  /** Milliseconds for which bundles are served from memory and file without a database. */
  readonly outageMaxAge: number
  /** A key that opens /metrics; without it, only a service key with `metrics.read` does. */
  readonly metricsKey: string | undefined
  /** Read only while the workspace is empty. */
  readonly init: {
    readonly ownerEmail?: string
    readonly ownerPassword?: string
    readonly adminKey?: string
  }
}

export interface Address {
  readonly host: string
  readonly port: number
}

const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'write it as host:port, e.g. 127.0.0.1:7080')
  .transform((text): Address => {
    const cut = text.lastIndexOf(':')
    return { host: text.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(text.slice(cut + 1)) }
  })
  .refine((a) => a.port <= 65535, 'a port is at most 65535')

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

const proxies = list.superRefine((entries, context) => {
  try {
    addressList(entries)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

const smtpUrl = z.url({ protocol: /^smtps?$/ }).refine((text) => {
  try {
    decodeURIComponent(new URL(text).username + new URL(text).password)
    return true
  } catch {
    return false
  }
}, 'write a % in the user name or password as %25')

/** The client speaks https only to a configuration server, so any other address could never be handed out. */
const publicAddress = z
  .url({ protocol: /^https$/, error: 'write it as https://…: clients refuse any other' })
  .transform((text) => text.replace(/\/+$/, ''))

/** One entry a variable: its form, and whether its value is a secret. The documentation table is made from it too. */
export const variables = {
  GATEHOUSE_LISTEN: {
    form: address.prefault('127.0.0.1:7080'),
    secret: false,
    says: 'http for the browser',
  },
  GATEHOUSE_TLS_LISTEN: {
    form: address.prefault('127.0.0.1:7443'),
    secret: false,
    says: 'https for clients',
  },
  GATEHOUSE_TLS_CERT: {
    form: z.string().optional(),
    secret: false,
    says: 'certificate file (PEM), reloaded when it changes',
  },
  GATEHOUSE_TLS_KEY: { form: z.string().optional(), secret: false, says: 'private key file (PEM)' },
  GATEHOUSE_PUBLIC_URL: {
    form: publicAddress.optional(),
    secret: false,
    says: 'the https address that clients use',
  },
  GATEHOUSE_TRUSTED_PROXIES: {
    form: proxies,
    secret: false,
    says: 'addresses or CIDR ranges, separated by commas',
  },
  GATEHOUSE_DATA: {
    form: z.string().min(1).default('./data'),
    secret: false,
    says: 'the data folder',
  },
  GATEHOUSE_KEY_FILE: {
    form: z.string().optional(),
    secret: false,
    says: 'the file with the encryption key; default: secret.key in the data folder',
  },
  DATABASE_URL: {
    form: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'write it as postgres://user:password@host/database')
      .optional(),
    secret: true,
    says: 'PostgreSQL instead of the embedded SQLite',
  },
  GATEHOUSE_SMTP_URL: {
    form: smtpUrl.optional(),
    secret: true,
    says: 'smtp://user:password@host:587 or smtps://…:465',
  },
  GATEHOUSE_MAIL_FROM: {
    form: z.string().optional(),
    secret: false,
    says: 'the sender of our mails',
  },
  GATEHOUSE_OUTBOUND_EXCEPTIONS: {
    form: list,
    secret: false,
    says: 'host:port entries on private addresses that may be called',
  },
  GATEHOUSE_CHROMIUM: {
    form: z.string().optional(),
    secret: false,
    says: 'the program file of a Chromium, to render watched pages that need a browser',
  },
  GATEHOUSE_OUTAGE_MAX_AGE: {
    form: z.coerce.number().int().min(1).max(720).default(72),
    secret: false,
    says: 'hours that bundles are served without a database',
  },
  GATEHOUSE_METRICS_KEY: {
    form: z.string().min(16).optional(),
    secret: true,
    says: 'opens /metrics as a bearer token',
  },
  GATEHOUSE_LOG_LEVEL: {
    form: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    secret: false,
    says: 'log level',
  },
  GATEHOUSE_INIT_OWNER_EMAIL: {
    form: z.email().optional(),
    secret: false,
    says: 'first owner, while the workspace is empty',
  },
  GATEHOUSE_INIT_OWNER_PASSWORD: {
    form: z.string().optional(),
    secret: true,
    says: 'her password',
  },
  GATEHOUSE_INIT_ADMIN_KEY: {
    form: z.string().min(32, 'choose a secret of at least 32 characters').optional(),
    secret: true,
    says: 'a service key with every permission',
  },
} as const

export type Environment = Readonly<Record<string, string | undefined>>

export class ConfigError extends Error {}

/** Reads and judges the whole environment; every wrong variable is named in one error. */
export function readConfig(env: Environment): Config {
  const complaints: string[] = []
  // An empty variable counts as not set: that is what compose files and unit files leave behind.
  const get = <K extends keyof typeof variables>(
    name: K,
  ): z.output<(typeof variables)[K]['form']> => {
    const result = variables[name].form.safeParse(env[name] === '' ? undefined : env[name])
    if (!result.success)
      complaints.push(`${name}: ${result.error.issues.map((i) => i.message).join(', ')}`)
    return result.data as z.output<(typeof variables)[K]['form']>
  }
  const cert = get('GATEHOUSE_TLS_CERT')
  const key = get('GATEHOUSE_TLS_KEY')
  if ((cert === undefined) !== (key === undefined))
    complaints.push('GATEHOUSE_TLS_CERT and GATEHOUSE_TLS_KEY: give both or neither')
  const smtp = get('GATEHOUSE_SMTP_URL')
  const from = get('GATEHOUSE_MAIL_FROM')
  if (smtp !== undefined && from === undefined)
    complaints.push('GATEHOUSE_MAIL_FROM: name the sender of our mails')
  const init = {
    ownerEmail: get('GATEHOUSE_INIT_OWNER_EMAIL'),
    ownerPassword: get('GATEHOUSE_INIT_OWNER_PASSWORD'),
    adminKey: get('GATEHOUSE_INIT_ADMIN_KEY'),
  }
  if ((init.ownerEmail === undefined) !== (init.ownerPassword === undefined))
    complaints.push(
      'GATEHOUSE_INIT_OWNER_EMAIL and GATEHOUSE_INIT_OWNER_PASSWORD: give both or neither',
    )
  const data = resolve(get('GATEHOUSE_DATA'))
  const listen = get('GATEHOUSE_LISTEN')
  const tlsListen = get('GATEHOUSE_TLS_LISTEN')
  const publicUrl = get('GATEHOUSE_PUBLIC_URL')
  const config: Config = {
    listen,
    tlsListen,
    tls:
      cert !== undefined && key !== undefined
        ? { cert: resolve(cert), key: resolve(key) }
        : undefined,
    publicUrl: publicUrl ?? `https://${hostInUrl(tlsListen)}`,
    siteUrl: publicUrl ?? `http://${hostInUrl(listen)}`,
    trustedProxies: get('GATEHOUSE_TRUSTED_PROXIES'),
    data,
    keyFile: resolve(get('GATEHOUSE_KEY_FILE') ?? `${data}/secret.key`),
    databaseUrl: get('DATABASE_URL'),
    smtp: smtp !== undefined && from !== undefined ? smtpFrom(smtp, from) : undefined,
    outboundExceptions: get('GATEHOUSE_OUTBOUND_EXCEPTIONS'),
    chromium: get('GATEHOUSE_CHROMIUM'),
    logLevel: get('GATEHOUSE_LOG_LEVEL'),
    outageMaxAge: get('GATEHOUSE_OUTAGE_MAX_AGE') * 3_600_000,
    metricsKey: get('GATEHOUSE_METRICS_KEY'),
    init: Object.fromEntries(Object.entries(init).filter(([, v]) => v !== undefined)),
  }
  if (complaints.length > 0)
    throw new ConfigError(`The configuration is not usable:\n  ${complaints.join('\n  ')}`)
  return Object.freeze(config)
}

/** 0.0.0.0 is for listening, not for calling: the address in links is then this machine's loopback. */
function hostInUrl(at: Address | undefined): string {
  if (!at) return ''
  const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host
  return `${host.includes(':') ? `[${host}]` : host}:${at.port}`
}

function smtpFrom(text: string, from: string): SmtpConfig {
  const at = new URL(text)
  const secure = at.protocol === 'smtps:'
  return {
    host: at.hostname,
    port: at.port === '' ? (secure ? 465 : 587) : Number(at.port),
    secure,
    from,
    ...(at.username === '' ? {} : { user: decodeURIComponent(at.username) }),
    ...(at.password === '' ? {} : { password: decodeURIComponent(at.password) }),
  }
}

/** The variables that are set or defaulted, for `gatehouse doctor`; a secret is shown as its length only. */
export function describeConfig(
  env: Environment,
): readonly { name: string; value: string; says: string }[] {
  return Object.entries(variables).map(([name, { secret, says }]) => {
    const value = env[name]
    if (value === undefined || value === '') return { name, value: '(default)', says }
    return { name, value: secret ? `(set, ${value.length} characters)` : value, says }
  })
}

/** For error messages of commands: the version in package.json. */
export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
).version
