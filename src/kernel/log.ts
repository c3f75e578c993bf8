import pino, { type Logger } from 'pino'

export type Log = Logger

/** Keys whose values never reach a log line, wherever they stand (two levels deep is as far as we log objects). */
const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'key',
  'hash',
  'set-cookie',
]

/** Structured JSON lines on standard error. What looks like one of our tokens is masked in strings as well. */
export function createLog(level = 'info', destination?: pino.DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretKeys.flatMap((k) => [`["${k}"]`, `*["${k}"]`, `*.*["${k}"]`]),
        censor: '[masked]',
      },
      serializers: { err: describeError },
      hooks: {
        streamWrite: maskTokens,
      },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  )
}

/** Cuts the secret part out of anything that has the form of one of our tokens or of a JWT, e.g. in a request path. */
export function maskTokens(text: string): string {
  return text
    .replace(/(gh_[a-z]{3}_[a-z0-9]+_)[A-Za-z0-9_-]{20,}/g, '$1[masked]')
    .replace(/\b(git_[A-Za-z0-9_-]{20,})\.[A-Za-z0-9_-]{22}/g, '$1.[masked]')
    .replace(/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g, 'eyJ[masked]')
}

/**
 * What a log line says of an error. Drivers hang whole connections on their errors (node-postgres: the client with its
 * settings), so only the members that are named here go out.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, errcode, cause } = error as Error & { code?: unknown; errcode?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(errcode === undefined ? {} : { errcode }),
    stack: error.stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  }
}
