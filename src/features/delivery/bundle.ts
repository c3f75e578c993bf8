import { createHash } from 'node:crypto'
import type { Effective } from '#features/policies/index.ts'

/** The bytes of one answer and their strong entity tag (RFC 9110, section 8.8.3). */
export interface Bundle {
  readonly body: string
  readonly etag: string
}

/** How a policy is called in the bundle. The client shows `name (id)` as the source of a restriction. */
export const servedName = (policy: { readonly name: string; readonly version: number }): string =>
  `${policy.name} v${policy.version}`

/** The version number in such a name; null when no policy was served. */
export function servedVersion(served: string): number | null {
  const match = / v(\d+)$/.exec(served)
  return match ? Number(match[1]) : null
}

/**
 * The answer of `GET …/codex/config/bundle`. The first fragment has the highest priority; there is one. `{}` is a valid
 * answer: the client starts without constraints.
 */
export function bundleOf(policy: Effective['policy']): Bundle {
  const document = policy && {
    requirements_toml: {
      enterprise_managed: [{ id: policy.id, name: servedName(policy), contents: policy.text }],
    },
  }
  const body = JSON.stringify(document ?? {})
  return { body, etag: etagOf(body) }
}

/** 128 bits of SHA-256: two answers with one tag do not happen. */
export const etagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** If-None-Match (RFC 9110, section 13.1.2): `*` or a list, compared weakly. */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false
  return header.split(',').some((part) => {
    const tag = part.trim()
    return tag === '*' || tag === etag || tag === `W/${etag}`
  })
}
