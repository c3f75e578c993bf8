import { day, hour } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import { Problem } from '#kernel/problem.ts'
import { issueToken, readToken, sameHash } from '#kernel/tokens.ts'
import type { Work } from '#kernel/work.ts'
import type { LinkKind } from './schema.ts'
import { insertLink, linkById, markUsed } from './store.links.ts'
import type { LinkRow } from './tables.ts'

/** A link is used once. Its secret stands behind the #, so that no server log and no Referer header ever holds it. */
const pages: Readonly<Record<LinkKind, string>> = {
  setup: '/setup',
  invitation: '/invitation',
  password_reset: '/reset',
}
export const lifetimes: Readonly<Record<LinkKind, number>> = {
  setup: day,
  invitation: 7 * day,
  password_reset: hour,
}

export interface IssuedLink {
  readonly row: LinkRow
  /** The whole link: shown or mailed once, never stored. */
  readonly url: string
}

export interface LinkOrder {
  readonly kind: LinkKind
  readonly memberId: string | null
  /** A name that people can read. */
  readonly createdBy: string
}

export function* issueLink(
  site: { readonly ids: Ids; readonly siteUrl: string },
  now: number,
  order: LinkOrder,
): Work<IssuedLink> {
  const id = site.ids('otl')
  const issued = issueToken('otl', id)
  const row: LinkRow = {
    id,
    kind: order.kind,
    secret_hash: issued.hash,
    member_id: order.memberId,
    created_at: now,
    created_by: order.createdBy,
    expires_at: now + lifetimes[order.kind],
    used_at: null,
  }
  yield* insertLink(row)
  return { row, url: `${site.siteUrl}${pages[order.kind]}#${issued.token}` }
}

/** The link behind a token, as long as it opens; `link_used` or `link_expired` otherwise. Does not use it. */
export function* openLink(token: string, now: number, kind?: LinkKind): Work<LinkRow> {
  const read = readToken(token.trim(), 'otl')
  if (!read)
    throw new Problem('invalid_input', 'This is not a whole link: a part of it got lost.', {
      remedy: 'Copy the whole link again, from http to its end.',
      errors: [{ field: 'token', message: 'The link is not complete.' }],
    })
  const link = yield* linkById(read.id)
  if (!link || !sameHash(link.secret_hash, read.hash) || (kind ?? link.kind) !== link.kind)
    throw new Problem('link_expired', 'This link does not open anything any more.', {
      remedy: remedies[kind ?? 'invitation'],
    })
  if (link.used_at !== null)
    throw new Problem('link_used', undefined, { remedy: usedRemedies[link.kind] })
  if (link.expires_at <= now)
    throw new Problem('link_expired', undefined, { remedy: remedies[link.kind] })
  return link
}

/** Uses the link in the transaction of what it opens; of several at once, one gets through. */
export function* useLink(token: string, now: number, kind: LinkKind): Work<LinkRow> {
  const link = yield* openLink(token, now, kind)
  if (!(yield* markUsed(link.id, now)))
    throw new Problem('link_used', undefined, { remedy: usedRemedies[kind] })
  return link
}

const remedies: Readonly<Record<LinkKind, string>> = {
  setup: 'Restart Gatehouse: it prints a new link as long as there is no owner.',
  invitation: 'Ask the person who invited you for a new one.',
  password_reset: 'Ask for a new one on the sign-in page.',
}
const usedRemedies: Readonly<Record<LinkKind, string>> = {
  setup: 'Sign in with the account that was made with it.',
  invitation: 'Sign in with the password you chose.',
  password_reset: 'Sign in with the new password, or ask for another link.',
}
