import { groupById, memberById, type Acting } from '#features/access/index.ts'
import { appendAudit } from '#kernel/audit.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor } from '#kernel/route.ts'
import { enqueue, type Work } from '#kernel/work.ts'
import { mailDecided } from './mails.ts'
import type { Given, Setting } from './ports.ts'
import type { GrantWish } from './schema.ts'
import { requestById, settleRequest, type RequestRow } from './store.ts'

/** Who decides, and when: a `Call` is one. */
interface By {
  readonly actor: Actor & Acting
  readonly now: number
  readonly requestId: string
  readonly ip: string
}

export interface Granted {
  readonly row: RequestRow
  readonly touches: number
}

/** Gives what was asked for, by a role or a group, for a time or for good. Never more than the one who decides may give. */
export function* grantRequest(
  setting: Setting,
  by: By,
  id: string,
  { way, lasts, note, changeSet }: GrantWish,
): Work<Granted> {
  const row = yield* decidable(by, id)
  const member = yield* memberById(row.member_id)
  if (member?.status !== 'active')
    throw new Problem('wrong_state', `${row.member} is not active now.`, {
      remedy: 'Make the account active first, or decline.',
    })
  const given: Given =
    way.kind === 'group'
      ? yield* byGroup(setting, by, row, way.id, lasts, changeSet)
      : yield* setting.ports.giveRole(by.actor, by.now, {
          roleId: way.id,
          memberId: member.id,
          endsAt: lasts === null ? null : by.now + lasts,
          reason: row.reason,
          requestId: row.id,
          changeSet,
        })
  const after = yield* settle(by, row, {
    state: 'granted',
    note,
    granted_kind: way.kind,
    granted_id: way.id,
    granted_name: given.name,
    granted_ends_at: given.endsAt,
  })
  return { row: after, touches: given.touches }
}

function* byGroup(
  { runtime, ports }: Setting,
  by: By,
  row: RequestRow,
  groupId: string,
  lasts: number | null,
  changeSet: string | undefined,
): Work<Given> {
  const group = found(yield* groupById(groupId), 'group')
  const { added, changed, endsAt, kept, touches } = yield* ports.changeMembership(
    by.actor,
    by.now,
    {
      id: group.id,
      add: [row.member_id],
      remove: [],
      lasts,
      requestId: row.id,
      changeSet,
    },
  )
  // The group's own history has it as well, under the name that such a change always has.
  yield* appendAudit({
    id: runtime.ids('aud'),
    at: by.now,
    actor: { kind: by.actor.kind, id: by.actor.id, label: by.actor.label },
    action: 'group.change-members',
    target: { kind: 'group', id: group.id, label: group.name },
    after: { added, removed: [], changed, endsAt, requestId: row.id },
    touches,
    requestId: by.requestId,
    ip: by.ip,
  })
  return {
    name: group.name,
    endsAt: kept.get(row.member_id) ?? (kept.size === 0 ? endsAt : null),
    touches,
  }
}

export function* declineRequest(by: By, id: string, reason: string): Work<RequestRow> {
  return yield* settle(by, yield* decidable(by, id), { state: 'declined', note: reason })
}

/** By the one who asked. */
export function* withdrawRequest(
  by: { readonly actor: Pick<Actor, 'id' | 'label'>; readonly now: number },
  id: string,
): Work<RequestRow> {
  const row = yield* requestById(id)
  return yield* settled(by, found(row?.member_id === by.actor.id ? row : undefined, 'request'), {
    state: 'withdrawn',
  })
}

function* decidable(by: By, id: string): Work<RequestRow> {
  const row = found(yield* requestById(id), 'request')
  if (row.member_id === by.actor.id)
    throw new Problem('forbidden', 'Nobody decides the own request.', {
      remedy: 'Somebody else who may decide has to do it.',
    })
  return row
}

type Change = Parameters<typeof settleRequest>[1]

function* settle(by: By, row: RequestRow, change: Change): Work<RequestRow> {
  const after = yield* settled(by, row, change)
  yield* enqueue({ name: mailDecided, payload: { requestId: row.id } })
  return after
}

function* settled(
  { actor, now }: { readonly actor: Pick<Actor, 'id' | 'label'>; readonly now: number },
  row: RequestRow,
  change: Change,
): Work<RequestRow> {
  const decided = {
    ...change,
    decided_at: now,
    decided_by_id: actor.id,
    decided_by: actor.label,
  }
  if (!(yield* settleRequest(row.id, decided))) throw decidedAlready(yield* requestById(row.id))
  return { ...row, ...decided }
}

function decidedAlready(row: RequestRow | undefined): Problem {
  return new Problem(
    'wrong_state',
    `This request was ${row?.state ?? 'decided'} already${row?.decided_by == null ? '' : ` by ${row.decided_by}`}.`,
    { remedy: 'Look at it again; nothing was changed.' },
  )
}
