import {
  activateMember,
  createMember,
  memberByEmail,
  memberById,
  memberTarget,
  potentialRightsOf,
  type Member,
} from '#features/access/index.ts'
import { found } from '#kernel/problem.ts'
import type { Call } from '#kernel/route.ts'
import type { Work } from '#kernel/work.ts'
import { isAlive, startSession, type StartedSession } from '../sessions.ts'
import { deleteOpenLinks } from '../store.links.ts'
import { sessionById, setAuthenticated } from '../store.sessions.ts'
import type { Told } from './claims.ts'
import { decide, type Decision, type Known } from './decide.ts'
import { followGroups } from './follow.ts'
import { providerTarget, stranger, trail, type Ground } from './ground.ts'
import { insertSsoSession } from './store.attempts.ts'
import { insertLink, linkOf, linksOf, usedLink } from './store.links.ts'
import { domainsOf } from './store.providers.ts'
import type { AttemptRow, ProviderRow } from './tables.ts'
import type { Trouble } from './trouble.ts'

type From = Pick<Call, 'now' | 'requestId' | 'ip' | 'request'>

function* known(member: Member, now: number): Work<Known> {
  // Whoever says how everybody signs in could let in whomever she likes: her account is as good as an owner's.
  const guarded =
    member.role === 'owner' || (yield* potentialRightsOf(member, now)).has('signin.manage')
  return { id: member.id, email: member.email, status: member.status, guarded }
}

/** Which account what was told would open, without opening it. */
export function* judge(provider: ProviderRow, told: Told, now: number): Work<Decision> {
  const link = yield* linkOf(provider.issuer, told.subject)
  const linked = link && found(yield* memberById(link.member_id), 'member')
  const other = told.email === null ? undefined : yield* memberByEmail(told.email)
  const links = other ? yield* linksOf(other.id) : []
  return decide({
    provider: {
      name: provider.name,
      domains: yield* domainsOf(provider.id),
      justInTime: provider.just_in_time === 1,
    },
    told,
    linked: linked && (yield* known(linked, now)),
    byEmail: other && {
      ...(yield* known(other, now)),
      linkedElsewhere: links.some((l) => l.provider_id === provider.id),
    },
  })
}

export type Admission =
  | { readonly ok: true; readonly session: StartedSession }
  | { readonly ok: false; readonly trouble: Trouble }

/** Lets in whom the provider has sent: finds or makes her account, makes her groups what it says, starts a session. */
export function* admit(
  ground: Ground,
  from: From,
  provider: ProviderRow,
  told: Told,
): Work<Admission> {
  const decision = yield* judge(provider, told, from.now)
  if (decision.kind === 'refuse') {
    const { refusal } = decision
    yield* trail(ground, from, 'sso.refuse', {
      actor: stranger,
      target: providerTarget(provider),
      after: { why: refusal.code, subject: told.subject, email: told.email },
    })
    return { ok: false, trouble: refusal }
  }
  const member = yield* account(ground, from, provider, told, decision)
  const actor = { ...memberTarget(member), kind: 'session' }
  if (decision.kind !== 'sign_in')
    yield* linkTo(ground, from, provider, told, member, provider.name)
  const link = found(yield* linkOf(provider.issuer, told.subject), 'link')
  yield* usedLink(link.id, from.now, told.email)
  const groups = yield* followGroups(
    ground.ports.singleSignOn.policyOf,
    from.now,
    provider,
    member,
    told.groups,
  )
  if (groups)
    yield* trail(ground, from, 'sso.groups', {
      actor: { kind: 'system', id: provider.id, label: provider.name },
      target: memberTarget(member),
      after: { added: groups.added, removed: groups.removed },
      touches: groups.touches,
    })
  const session = yield* startSession(ground, from.now, member, from, {
    method: 'sso',
    secondFactor: provider.second_factor === 'always' || told.severalFactors,
  })
  yield* insertSsoSession(session.row.id, provider.id)
  yield* trail(ground, from, 'session.start', {
    actor,
    target: memberTarget(member),
    after: { method: 'sso', provider: provider.name },
  })
  return { ok: true, session }
}

function* account(
  ground: Ground,
  from: From,
  provider: ProviderRow,
  told: Told,
  decision: Exclude<Decision, { readonly kind: 'refuse' }>,
): Work<Member> {
  if (decision.kind === 'create') {
    const made = yield* createMember(ground.runtime.ids, from.now, {
      email: decision.email,
      name: told.name,
      role: 'member',
      status: 'active',
    })
    yield* trail(ground, from, 'sso.create-member', {
      actor: { kind: 'system', id: provider.id, label: provider.name },
      target: memberTarget(made),
      after: { role: made.role, subject: told.subject },
    })
    return made
  }
  const member = found(yield* memberById(decision.memberId), 'member')
  if (decision.kind === 'sign_in' || !decision.activate) return member
  yield* deleteOpenLinks('invitation', member.id)
  const active = yield* activateMember(from.now, member.id, member.name === '' ? told.name : '')
  yield* trail(ground, from, 'invitation.accept', {
    actor: { ...memberTarget(active), kind: 'session' },
    target: memberTarget(active),
    after: { name: active.name, provider: provider.name },
  })
  return active
}

/** From now on the subject opens the account. `by`: who linked it, in words. */
function* linkTo(
  ground: Ground,
  from: From,
  provider: ProviderRow,
  told: Told,
  member: Member,
  by: string,
): Work<void> {
  yield* insertLink({
    id: ground.runtime.ids('lnk'),
    provider_id: provider.id,
    issuer: provider.issuer,
    subject: told.subject,
    member_id: member.id,
    email: told.email,
    created_at: from.now,
    created_by: by,
    last_used_at: null,
  })
  yield* trail(ground, from, 'sso.link', {
    actor: { ...memberTarget(member), kind: 'session' },
    target: memberTarget(member),
    after: { provider: provider.name, subject: told.subject, email: told.email, by },
  })
}

/** Whoever began the attempt in a session, as long as she is still in it. */
function* whoBegan(attempt: AttemptRow, now: number): Work<Member | undefined> {
  const session = yield* sessionById(attempt.session_id ?? '')
  if (!session || session.owes === 1 || !isAlive(session, now)) return undefined
  const member = yield* memberById(session.member_id)
  return member?.status === 'active' ? member : undefined
}

const signedOut: Trouble = {
  code: 'signed_out',
  message: 'You were signed out in the meantime.',
  remedy: 'Sign in and start again.',
}

/** Links the account of whoever is signed in: the one way for an owner. Undefined: done. */
export function* linkOwn(
  ground: Ground,
  from: From,
  attempt: AttemptRow,
  provider: ProviderRow,
  told: Told,
): Work<Trouble | undefined> {
  const member = yield* whoBegan(attempt, from.now)
  if (!member) return signedOut
  const link = yield* linkOf(provider.issuer, told.subject)
  if (link?.member_id === member.id) return undefined
  if (link)
    return {
      code: 'linked_to_other',
      message: `This sign-in at ${provider.name} opens another account here.`,
      remedy: 'Sign in at the provider as yourself, or end the link in that account first.',
    }
  if ((yield* linksOf(member.id)).some((l) => l.provider_id === provider.id))
    return {
      code: 'linked_already',
      message: `Your account is linked to another sign-in at ${provider.name}.`,
      remedy: 'End that link first.',
    }
  yield* linkTo(ground, from, provider, told, member, member.email)
  return undefined
}

/** How far behind the clock of the provider may be (ms). */
const behind = 30_000

/** She has proved at the provider just now that it is her. Undefined: done. */
export function* confirmOwn(
  ground: Ground,
  from: From,
  attempt: AttemptRow,
  provider: ProviderRow,
  told: Told,
): Work<Trouble | undefined> {
  const member = yield* whoBegan(attempt, from.now)
  if (!member) return signedOut
  const link = yield* linkOf(provider.issuer, told.subject)
  if (link?.member_id !== member.id)
    return {
      code: 'other_person',
      message: `You signed in at ${provider.name} as somebody else.`,
      remedy: 'Start again and sign in as yourself.',
    }
  if ((told.authenticatedAt ?? 0) < attempt.created_at - behind)
    return {
      code: 'not_asked_again',
      message: `${provider.name} did not ask you to sign in again.`,
      remedy: 'Confirm with a password, a passkey or a code, or sign out and in again.',
    }
  yield* setAuthenticated(attempt.session_id ?? '', from.now)
  yield* trail(ground, from, 'session.reauthenticate', {
    actor: { ...memberTarget(member), kind: 'session' },
    target: memberTarget(member),
    after: { method: 'sso', provider: provider.name },
  })
  return undefined
}
