import { minute } from '#kernel/clock.ts'
import { Problem } from '#kernel/problem.ts'
import type { Secrets } from '#kernel/secrets.ts'
import type { Form } from './schema.ts'

/** How long an address to download from works. */
const lifetime = 5 * minute

interface Ticket {
  readonly fileId: string
  readonly form: Form
  /** ms */
  readonly until: number
}

const context = 'compliance.download'

/** The last part of an address that opens one file for a few minutes, without a key: sealed, so it says and allows nothing else. */
export const downloadToken = (secrets: Secrets, fileId: string, form: Form, now: number): string =>
  secrets.seal(JSON.stringify({ fileId, form, until: now + lifetime } satisfies Ticket), context)

export function readDownloadToken(secrets: Secrets, token: string, now: number): Ticket {
  let ticket: Ticket
  try {
    ticket = JSON.parse(secrets.open(token, context)) as Ticket
  } catch (cause) {
    throw new Problem('not_found', 'This is no address that a file can be downloaded from.', {
      remedy: 'Ask for the file again; addresses to download from are made then.',
      cause,
    })
  }
  if (ticket.until <= now)
    throw new Problem('link_expired', 'The address has expired.', {
      remedy: 'Ask for the file again, and follow the redirect within five minutes.',
    })
  return ticket
}
