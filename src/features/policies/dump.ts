import { z } from 'zod'
import type { Snapshot } from './snapshot.ts'

/** Raised when the form of the file changes; an older file is then of no use and is written anew. */
const form = 1

const entries = <T extends z.ZodType>(value: T) =>
  z
    .array(z.tuple([z.string(), value]))
    .transform((list): ReadonlyMap<string, z.output<T>> => new Map(list as [string, z.output<T>][]))
const dumped = z.object({
  confirmedAt: z.number(),
  revision: z.number(),
  rules: z.array(
    z.object({
      id: z.string(),
      position: z.number(),
      groupId: z.string(),
      policyId: z.string(),
    }),
  ),
  defaultPolicyId: z.string().nullable(),
  policies: entries(
    z.object({
      id: z.string(),
      name: z.string(),
      versionId: z.string(),
      version: z.number(),
      text: z.string(),
      sha256: z.string(),
    }),
  ),
  groups: entries(z.object({ id: z.string(), name: z.string() })),
  memberGroups: entries(z.array(z.string())),
  members: entries(
    z.object({ id: z.string(), email: z.string(), name: z.string(), status: z.string() }),
  ),
  surfaces: entries(z.object({ on: z.boolean(), message: z.string() })),
  enrolments: entries(
    z.object({
      kind: z.literal('enrolment'),
      id: z.string(),
      label: z.string(),
      groupIds: z.array(z.string()),
    }),
  ),
})

/** The picture as plain JSON, for the file from which a start without database answers. */
export function dumpSnapshot(snapshot: Snapshot, confirmedAt: number): unknown {
  return {
    form,
    confirmedAt,
    revision: snapshot.revision,
    rules: snapshot.rules,
    defaultPolicyId: snapshot.defaultPolicyId,
    policies: [...snapshot.policies],
    groups: [...snapshot.groups],
    memberGroups: [...snapshot.memberGroups],
    members: [...snapshot.members],
    surfaces: [...snapshot.surfaces],
    enrolments: [...snapshot.enrolments],
  }
}

/** Throws (a ZodError) for anything that `dumpSnapshot` of this form did not make. */
export function loadSnapshot(dump: unknown): {
  readonly snapshot: Snapshot
  readonly confirmedAt: number
} {
  z.object({ form: z.literal(form) }).parse(dump)
  const { confirmedAt, ...snapshot } = dumped.parse(dump)
  return { snapshot, confirmedAt }
}
