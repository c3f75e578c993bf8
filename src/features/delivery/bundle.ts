import { hash } from 'node:crypto'
import type { SnapshotPolicy } from '#features/policies/index.ts'

/** The bytes of one answer and their strong entity tag (RFC 9110, section 8.8.3). */
export interface Bundle {
  readonly body: string
  readonly etag: string
}

/** What goes into a bundle. */
type Delivered = Pick<SnapshotPolicy, 'id' | 'name' | 'version' | 'text' | 'defaults'>

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
 * answer: the client starts without constraints. `config_toml` holds what people may still override.
 */
export function bundleOf(policy: Delivered | null): Bundle {
  const body = JSON.stringify(policy ? documentOf(policy) : {})
  return { body, etag: etagOf(body) }
}

function documentOf(policy: Delivered) {
  const fragments = (contents: string) => ({
    enterprise_managed: [{ id: policy.id, name: servedName(policy), contents }],
  })
  const requirements = { requirements_toml: fragments(policy.text) }
  return policy.defaults === ''
    ? requirements
    : { config_toml: fragments(policy.defaults), ...requirements }
}

/** One more named text of requirements. */
export interface Fragment {
  readonly id: string
  readonly name: string
  readonly contents: string
}

/**
 * The same answer with a fragment behind the policy's own, which therefore wins key by key. For each fetch: the requirements are
 * the last member of the document and their list is its end, so nothing is written anew, and the tag is made of what is different.
 */
export function withFragment({ body, etag }: Bundle, fragment: Fragment): Bundle {
  const written = JSON.stringify(fragment)
  const before =
    body === '{}'
      ? '{"requirements_toml":{"enterprise_managed":['
      : `${body.slice(0, -end.length)},`
  return { body: before + written + end, etag: etagOf(etag + written) }
}
const end = ']}}'

/** 128 bits of SHA-256: two answers with one tag do not happen. */
export const etagOf = (body: string): string =>
  `"${hash('sha256', body, 'base64url').slice(0, 22)}"`

/** If-None-Match (RFC 9110, section 13.1.2): `*` or a list, compared weakly. */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false
  return header.split(',').some((part) => {
    const tag = part.trim()
    return tag === '*' || tag === etag || tag === `W/${etag}`
  })
}
