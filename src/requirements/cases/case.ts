import type { ComplaintCode } from '../complaint.ts'

/**
 * What the real client does with a policy, and what we say about it. The oracle shared by the unit
 * tests (what we say) and the conformance suite, which feeds every `toml` to the client as a
 * delivered policy and compares with `expect`.
 */
export interface CheckCase {
  readonly name: string
  readonly toml: string
  /**
   * Whether `codex app-server --print-startup-config` starts with it on Linux. Measured with
   * 0.169.0; the policy came from a configuration server.
   */
  readonly expect: 'accepted' | 'refused'
  /** A complaint that checking must make. Without one, checking finds no error. */
  readonly code?: ComplaintCode
  /** An accepted policy may still be an error (no session, no protection), a refused one never a warning but here. */
  readonly severity?: 'error' | 'warning'
}

export const accepted = (name: string, toml: string): CheckCase => ({
  name,
  toml,
  expect: 'accepted',
})

/** The client starts, and we warn. */
export const warned = (code: ComplaintCode, name: string, toml: string): CheckCase => ({
  ...accepted(name, toml),
  code,
  severity: 'warning',
})

/** The client starts, but the line cannot do what it says: an error of ours. */
export const useless = (code: ComplaintCode, name: string, toml: string): CheckCase => ({
  ...accepted(name, toml),
  code,
  severity: 'error',
})

export const refused = (code: ComplaintCode, name: string, toml: string): CheckCase => ({
  name,
  toml,
  expect: 'refused',
  code,
  severity: 'error',
})
