import {
  activeOwners,
  allMembers,
  createMember,
  createOperatorKey,
  emailKey,
  markBreakGlass,
  memberByEmail,
  memberTarget,
  operatorSecretLength,
  type Member,
} from '#features/access/index.ts'
import { insertWorkspace, renameWorkspace, theWorkspace } from '#features/workspace/index.ts'
import { appendAudit, type AuditActor, type AuditEntry } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Ids } from '#kernel/ids.ts'
import { hashPassword, passwordComplaint } from '#kernel/passwords.ts'
import { Problem } from '#kernel/problem.ts'
import type { Work } from '#kernel/work.ts'
import { issueLink } from './links.ts'
import { removeAllFactors } from './second-factor/remove-all.ts'
import { demanded, rulesNow } from './sso/enforce.ts'
import { withFactor } from './second-factor/store.ts'
import { setPassword } from './store.credentials.ts'
import { deleteOpenLinks } from './store.links.ts'
import { withWayIn } from './ways.ts'

/** What acts outside of a request stand in: start-up, and commands on the machine itself. */
export interface Ground {
  readonly db: Db
  readonly ids: Ids
  readonly clock: Clock
  readonly siteUrl: string
}

/** Whoever holds the machine: the one who starts the server and runs commands beside it. */
const operator: AuditActor = { kind: 'operator', id: 'operator', label: 'operator' }

export function* auditAs(
  ground: Pick<Ground, 'ids' | 'clock'>,
  actor: AuditActor,
  action: string,
  entry: AuditEntry,
): Work<void> {
  yield* appendAudit({
    ...entry,
    id: ground.ids('aud'),
    at: ground.clock(),
    actor,
    action,
    requestId: null,
    ip: null,
  })
}

/** How many owners have a way in. */
export function* ownersWhoSignIn(): Work<number> {
  return (yield* withWayIn(yield* activeOwners())).size
}

/** True until somebody can sign in as an owner. */
export function* isSetupNeeded(): Work<boolean> {
  return (yield* theWorkspace()) === undefined || (yield* ownersWhoSignIn()) === 0
}

export interface Founding {
  readonly workspaceName: string
  readonly email: string
  readonly name: string
  readonly passwordHash: string
}

/**
 * Makes the workspace and its first owner. `already_set_up` when there is one: transactions are serializable, so of two at
 * once the second finds what the first has made. A workspace that has only the operator's key gets its name and owner now; an owner
 * of that address who was added without a password is the one.
 */
export function* foundWorkspace(ids: Ids, now: number, given: Founding): Work<Member> {
  if (!(yield* isSetupNeeded()))
    throw new Problem('already_set_up', undefined, { remedy: 'Sign in instead.' })
  const name = given.workspaceName.trim()
  if (yield* theWorkspace()) yield* renameWorkspace(name)
  else yield* insertWorkspace({ id: ids('wsp'), name, createdAt: now })
  const known = yield* memberByEmail(given.email)
  const owner =
    known?.role === 'owner' && known.status === 'active'
      ? known
      : yield* createMember(ids, now, {
          email: given.email,
          name: given.name,
          role: 'owner',
          status: 'active',
        })
  yield* setPassword(owner.id, given.passwordHash, now)
  yield* deleteOpenLinks('setup', null)
  return owner
}

/**
 * A new link to the first-run page, which replaces the one of the start before; undefined when the workspace has an owner.
 * Whoever reads it owns the workspace: it is for the console, never for the log.
 */
export async function setupLink(ground: Ground): Promise<string | undefined> {
  return ground.db.tx(function* () {
    if (!(yield* isSetupNeeded())) return undefined
    yield* deleteOpenLinks('setup', null)
    const link = yield* issueLink(ground, ground.clock(), {
      kind: 'setup',
      memberId: null,
      createdBy: operator.label,
    })
    return link.url
  })
}

export interface InitialValues {
  readonly ownerEmail?: string
  readonly ownerPassword?: string
  readonly adminKey?: string
}

/** `ignored`: values are set, but the workspace exists already; they change nothing any more. */
export type Initialised = 'nothing' | 'done' | 'ignored'

/**
 * Set-up as code: the first owner and a key with every permission from the environment, while the workspace is empty.
 * Throws `invalid_input` naming the variable when a value will not do; then nothing was made.
 */
export async function initFromEnvironment(
  ground: Ground,
  init: InitialValues,
): Promise<Initialised> {
  const { ownerEmail, ownerPassword, adminKey } = init
  if (ownerEmail === undefined && ownerPassword === undefined && adminKey === undefined)
    return 'nothing'
  if ((await ground.db.read(theWorkspace)) !== undefined) return 'ignored'
  refuseUnusable(init)
  const passwordHash = ownerPassword === undefined ? undefined : await hashPassword(ownerPassword)
  return ground.db.tx(function* () {
    if (yield* theWorkspace()) return 'ignored'
    const now = ground.clock()
    const name = ownerEmail?.split('@')[1] ?? 'Workspace'
    if (ownerEmail !== undefined && passwordHash !== undefined) {
      const owner = yield* foundWorkspace(ground.ids, now, {
        workspaceName: name,
        email: ownerEmail,
        name: ownerEmail.split('@')[0] ?? '',
        passwordHash,
      })
      yield* auditAs(ground, operator, 'workspace.setup', {
        target: memberTarget(owner),
        after: { workspace: name, owner: owner.email },
      })
    } else yield* insertWorkspace({ id: ground.ids('wsp'), name, createdAt: now })
    if (adminKey !== undefined) {
      const key = yield* createOperatorKey(ground.ids, now, {
        name: 'Initial admin key',
        secret: adminKey,
      })
      yield* auditAs(ground, operator, 'key.create', {
        target: { kind: 'key', id: key.id, label: key.name },
        after: { scopes: ['*'] },
      })
    }
    return 'done'
  })
}

function refuseUnusable({ ownerEmail, ownerPassword, adminKey }: InitialValues): void {
  if ((ownerEmail === undefined) !== (ownerPassword === undefined))
    throw new Problem(
      'invalid_input',
      'GATEHOUSE_INIT_OWNER_EMAIL and GATEHOUSE_INIT_OWNER_PASSWORD go together.',
      { remedy: 'Set both or neither.' },
    )
  const complaint =
    ownerPassword === undefined ? undefined : passwordComplaint(ownerPassword, ownerEmail ?? '')
  if (complaint !== undefined)
    throw new Problem('invalid_input', `GATEHOUSE_INIT_OWNER_PASSWORD: ${complaint}`)
  if (adminKey !== undefined && adminKey.length < operatorSecretLength)
    throw new Problem(
      'invalid_input',
      `GATEHOUSE_INIT_ADMIN_KEY has ${adminKey.length} characters; it needs at least ${operatorSecretLength}.`,
      { remedy: 'Make one with `openssl rand -hex 32`.' },
    )
}

export interface OwnerReset {
  readonly email: string
  /** Opens once; shown once. */
  readonly link: string
  readonly expiresAt: number
  /** Second factors that she still has and will be asked for; and how many were removed. */
  readonly factors: { readonly kept: boolean; readonly removed: number }
  /** She had to sign in through a provider, and was marked so that her password lets her in. */
  readonly breakGlass: boolean
}

export interface ResetWish {
  /** May be left out when there is only one owner. */
  readonly email?: string | undefined
  /** Also remove her second factors: she lost them too. */
  readonly factors?: boolean
}

/**
 * For the operator at the machine, when an owner cannot get in: a link that sets her password. Without an address it is
 * for the only owner; with several, the error names them. The audit trail says that the operator did it.
 */
export async function ownerReset(
  ground: Ground,
  { email, factors = false }: ResetWish = {},
): Promise<OwnerReset> {
  return ground.db.tx(function* () {
    const owners = (yield* allMembers()).filter((m) => m.role === 'owner' && m.status === 'active')
    if (owners.length === 0)
      throw new Problem('wrong_state', 'There is no owner yet.', {
        remedy: 'Start Gatehouse and open the link that it prints.',
      })
    const wanted =
      email === undefined ? owners : owners.filter((m) => emailKey(m.email) === emailKey(email))
    const [owner] = wanted
    if (owner === undefined || wanted.length > 1)
      throw new Problem(
        email === undefined ? 'invalid_input' : 'not_found',
        email === undefined ? 'There are several owners.' : `${email} is no owner.`,
        { remedy: `Name one of them: ${owners.map((m) => m.email).join(', ')}.` },
      )
    yield* deleteOpenLinks('password_reset', owner.id)
    const { row, url } = yield* issueLink(ground, ground.clock(), {
      kind: 'password_reset',
      memberId: owner.id,
      createdBy: operator.label,
    })
    const removed = factors ? yield* removeAllFactors(owner.id) : 0
    const kept = (yield* withFactor([owner.id])).has(owner.id)
    // A password would let her in to nothing where she has to sign in through a provider, which may be why she cannot.
    const breakGlass = demanded(yield* rulesNow(), owner) !== undefined
    if (breakGlass) yield* markBreakGlass(owner.id, true)
    yield* auditAs(ground, operator, 'owner.reset', {
      target: memberTarget(owner),
      after: {
        ...(factors ? { removedFactors: removed } : {}),
        ...(breakGlass ? { breakGlass } : {}),
      },
    })
    return {
      email: owner.email,
      link: url,
      expiresAt: row.expires_at,
      factors: { kept, removed },
      breakGlass,
    }
  })
}
