import { z } from 'zod'
import { api } from '#web/kit/index.ts'
import type { How, ProposalDetail, ProposedAct } from '../../approval/schema.ts'
import { draft, policyDetail, rules } from '../../schema.ts'
import { rolloutState } from '../../rollout/schema.ts'

/** Either the request that does the act, or the page where it has to be done because only a person there has what it needs. */
type Doing<A> =
  ((act: A, about: About) => Promise<unknown>) | { readonly page: string; readonly label: string }

interface About {
  readonly message: string
  readonly how: How
  /** The effect that was approved; the server refuses any other. */
  readonly changeSet: string | undefined
}

const version = z.object({ version: z.int() })
const policyPath = (id: string): string => `/api/v1/policies/${id}`

async function running(policyId: string): Promise<number> {
  const { current } = await api.get(`${policyPath(policyId)}/rollout`, { schema: rolloutState })
  if (!current) throw new Error('Nothing of this policy is being rolled out any more.')
  return current.revision
}

const revisionOf = async (path: string): Promise<number> =>
  (await api.get(path, { schema: version })).version

const rulesRevision = async (): Promise<number> =>
  (await api.get('/api/v1/rules', { schema: rules })).revision

const decideRollout =
  (name: 'finish' | 'take-back') =>
  async ({ policyId }: { readonly policyId: string }, { message, changeSet }: About) =>
    api.post(`${policyPath(policyId)}/rollout/${name}`, {
      body: { revision: await running(policyId), message, changeSet },
      schema: rolloutState,
    })

const never = { page: '/approvals', label: 'Taking access away never waits for approval' } as const

/** How each act is done: with what stands now, for the server refuses whatever is not exactly what was approved. */
const doings: { readonly [K in ProposedAct['kind']]: Doing<Extract<ProposedAct, { kind: K }>> } = {
  async publish({ policyId }, { message, how, changeSet }) {
    const path = policyPath(policyId)
    const { revision } = await api.get(`${path}/draft`, { schema: draft })
    const body = { message, draftRevision: revision, at: how.at, changeSet }
    return api.post(`${path}/publish`, { body, schema: z.unknown() })
  },
  async rollback({ policyId, version: number }, { message, how, changeSet }) {
    const path = policyPath(policyId)
    const { published } = await api.get(path, { schema: policyDetail })
    const { acceptErrors } = how
    const body = {
      version: number,
      message,
      publishedVersion: published?.number,
      acceptErrors,
      changeSet,
    }
    return api.post(`${path}/put-back`, { body, schema: z.unknown() })
  },
  async rollout({ policyId, stage }, { message, how, changeSet }) {
    const path = policyPath(policyId)
    const { current } = await api.get(`${path}/rollout`, { schema: rolloutState })
    if (current && current.endedAt === null)
      return api.patch(`${path}/rollout`, {
        body: { revision: current.revision, stage, message, changeSet },
        schema: rolloutState,
      })
    const { revision } = await api.get(`${path}/draft`, { schema: draft })
    const body = { message, draftRevision: revision, stage, changeSet, ...how }
    return api.post(`${path}/rollout`, { body, schema: z.unknown() })
  },
  finish_rollout: decideRollout('finish'),
  take_back_rollout: decideRollout('take-back'),
  rules: async (act, { changeSet }) =>
    api.put('/api/v1/rules', {
      body: { rules: act.rules, expectedRevision: await rulesRevision(), changeSet },
      schema: z.unknown(),
    }),
  default: async ({ policyId }, { changeSet }) =>
    api.put('/api/v1/rules/default', {
      body: { policyId, expectedRevision: await rulesRevision(), changeSet },
      schema: z.unknown(),
    }),
  membership: ({ groupId, add, remove, lasts = null }, { changeSet }) =>
    api.post(`/api/v1/groups/${groupId}/members`, {
      body: { add, remove, lasts, changeSet },
      schema: z.unknown(),
    }),
  async enrolment({ enrolmentId, groupId }, { changeSet }) {
    const path = `/api/v1/enrolments/${enrolmentId}`
    const body = { groupId, version: await revisionOf(path), changeSet }
    return api.put(`${path}/group`, { body, schema: z.unknown() })
  },
  async service_account({ accountId, groupIds, status }, { changeSet }) {
    const path = `/api/v1/service-accounts/${accountId}`
    const body = { groupIds, status, version: await revisionOf(path), changeSet }
    return api.patch(path, { body, schema: z.unknown() })
  },
  async activate_member({ memberId }, { changeSet }) {
    const path = `/api/v1/members/${memberId}`
    const body = { version: await revisionOf(path), changeSet }
    return api.post(`${path}/activate`, { body, schema: z.unknown() })
  },
  surface: ({ key, on }, { changeSet }) =>
    api.put(`/api/v1/surfaces/${key}`, { body: { on, changeSet }, schema: z.unknown() }),
  role_grant: ({ roleId, holder, given, lasts = null }, { changeSet }) => {
    const path = `/api/v1/roles/${roleId}/holders`
    return given
      ? api.post(path, { body: { holder, lasts, changeSet }, schema: z.unknown() })
      : api.post(`${path}/take`, { body: { holder, changeSet }, schema: z.unknown() })
  },
  async role_change({ roleId, permissions }, { changeSet }) {
    const path = `/api/v1/roles/${roleId}`
    const body = { permissions, version: await revisionOf(path), changeSet }
    return api.patch(path, { body, schema: z.unknown() })
  },
  default_role: ({ roleId }, { changeSet }) =>
    api.put('/api/v1/roles/default', { body: { roleId, changeSet }, schema: z.unknown() }),
  four_eyes_off: () =>
    api.put('/api/v1/settings/four-eyes', { body: { on: false }, schema: z.unknown() }),
  join_groups: { page: '/members/import', label: 'Import the same file again' },
  delete_group: { page: '/groups', label: 'Delete the group' },
  remove_member: never,
  remove_enrolment: never,
  remove_service_account: never,
}

/** What the page of an approved proposal offers. */
export function doingOf(
  proposal: ProposalDetail,
): { readonly page: string; readonly label: string } | (() => Promise<unknown>) {
  const { act, how, message, changeSet } = proposal
  const doing = doings[act.kind] as Doing<ProposedAct>
  if (typeof doing !== 'function') return doing
  return () => doing(act, { message, how, changeSet: changeSet?.hash })
}
