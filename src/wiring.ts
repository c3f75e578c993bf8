import type { Aside } from '#kernel/aside.ts'
import type { Db } from '#kernel/db.ts'
import { createMailer } from '#kernel/mail.ts'
import type { Feature, Runtime } from '#kernel/runtime.ts'
import type { Work } from '#kernel/work.ts'
import {
  allGroups,
  allMembers,
  allMemberships,
  codexUse,
  createAccess,
  groupById,
  memberById,
  peopleAmong,
} from '#features/access/index.ts'
import { createAlerts, type Alerts } from '#features/alerts/index.ts'
import { createAnalytics } from '#features/analytics/index.ts'
import { createAudit, type Audit } from '#features/audit/index.ts'
import {
  createClients,
  kindOf,
  lastServedOf,
  liveClient,
  principalsServed,
  type Clients,
} from '#features/clients/index.ts'
import { createCompliance, type Compliance, type Subject } from '#features/compliance/index.ts'
import {
  createDelivery,
  enrolmentPrincipals,
  enrolmentsOfGroup,
  enrolmentsServedTo,
  lastFetch,
  lastFetches,
  servedVersion,
} from '#features/delivery/index.ts'
import { createDrift, type Drift } from '#features/drift/index.ts'
import { createNotify, type Notify } from '#features/notify/index.ts'
import {
  createPolicies,
  memberPrincipal,
  resolve,
  usesOf,
  ruleOf,
  versionText,
  type FetchRecords,
  type Policies,
  type Snapshot,
} from '#features/policies/index.ts'
import { createRequests, type Requests } from '#features/requests/index.ts'
import { createScim, keeperOf, type Scim } from '#features/scim/index.ts'
import { createSignin } from '#features/signin/index.ts'
import {
  createWatch,
  workspaceExceptions,
  type PublishedPolicy,
  type Watch,
} from '#features/watch/index.ts'
import {
  createTelemetry,
  type IngestClaims,
  type Sender,
  type Telemetry,
} from '#features/telemetry/index.ts'
import { createWorkspace, forgetOwner, surfaces } from '#features/workspace/index.ts'
import { version, type Config } from './config.ts'

export interface WiringParts {
  readonly runtime: Runtime
  readonly aside: Aside
  /** Another, so that no import holds up what clients report. */
  readonly ingestAside: Aside
  /** A third, so that neither holds up a question. */
  readonly questionAside: Aside
  readonly config: Config
  /** The certificate (PEM) of the local authority, where the server's certificate comes from it. */
  readonly caCertificate: () => string | null
}

/**
 * The only list of features, each with its ports. What would point backwards in the order of the features is a function here:
 * it is called when all of them exist.
 */
export function createFeatures({
  runtime,
  aside,
  ingestAside,
  questionAside,
  config,
  caCertificate,
}: WiringParts) {
  // The operator named the mail server in the configuration, so it may be on a private address.
  const mailer =
    config.smtp &&
    createMailer(config.smtp, [
      ...config.outboundExceptions,
      `${config.smtp.host}:${config.smtp.port}`,
    ])

  const policies = createPolicies(runtime, {
    *people() {
      return {
        members: yield* allMembers(),
        groups: yield* allGroups(),
        memberships: yield* allMemberships(),
      }
    },
    peopleAmong,
    *codexUse() {
      const { grants, ...roles } = yield* codexUse()
      return { ...roles, ...usesOf(grants) }
    },
    surfaces,
    enrolmentPrincipals,
    serviceAccounts: () => clients.serviceAccounts(),
    *lastFetch({ kind, id }) {
      if (kind === 'enrolment') return yield* lastFetch(id)
      const newest = yield* clients.lastServed(id)
      return newest && { at: newest.at, version: servedVersion(newest.served) }
    },
    fetches,
    recordedCommands: (most) => telemetry.recordedCommands(most),
    beside() {
      const fragment = telemetry.fragments.shown()
      return fragment && { name: fragment.name, text: fragment.contents }
    },
    approval: {
      canSignIn: (memberIds) => signin.canSignIn(memberIds),
      mailer,
      siteUrl: config.siteUrl,
    },
  })
  const exceptions = async () => [
    ...config.outboundExceptions,
    ...(await runtime.db.read(() => workspaceExceptions())),
  ]
  function* policyOf(memberId: string) {
    const snapshot = yield* policies.directory.present()
    const member = snapshot.members.get(memberId)
    return member ? resolve(snapshot, memberPrincipal(snapshot, member)).policy : null
  }
  const signin = createSignin(runtime, {
    siteUrl: config.siteUrl,
    mailer,
    endClients: (memberId, at, by) => clients.endForPassword(memberId, at, by),
    singleSignOn: {
      policyOf,
      exceptions,
    },
  })
  const access = createAccess(runtime, {
    endSessions: signin.endSessions,
    endClients: (memberId, at, by) => clients.endClients(memberId, at, by),
    endLinks: signin.endLinks,
    canSignIn: signin.canSignIn,
    keepBreakGlass: signin.keepBreakGlass,
    *forget(memberId) {
      yield* signin.forget(memberId)
      yield* clients.forget(memberId)
      yield* notify.forget(memberId)
      yield* requests.forget(memberId)
      yield* scim.forget(memberId)
      yield* alerts.forget(memberId)
      yield* telemetry.forget(memberId)
      yield* forgetOwner(memberId)
    },
    *holdings(memberId) {
      return [
        ...(yield* signin.holdings(memberId)),
        ...(yield* clients.holdings(memberId)),
        ...(yield* notify.holdings(memberId)),
        ...(yield* requests.holdings(memberId)),
      ]
    },
    keeperOf,
    changeSets: policies,
    *groupUsedBy(groupId) {
      const enrolments = yield* enrolmentsOfGroup(groupId)
      return [
        ...(yield* policies.groupUsedBy(groupId)),
        ...(yield* signin.groupUsedBy(groupId)),
        ...(yield* clients.groupUsedBy(groupId)),
        ...enrolments.map(({ id, name }) => ({
          kind: 'enrolment',
          id,
          label: name,
          link: `/enrolments/${id}`,
        })),
      ]
    },
  })
  const clients: Clients = createClients(runtime, {
    changeSets: policies,
    mailer,
    siteUrl: config.siteUrl,
    policyOf,
    localCa: caCertificate,
  })
  const telemetry: Telemetry = createTelemetry(
    runtime,
    {
      logged: () => compliance.closeEarly(),
      live: (claims) => senderOf(runtime.db, policies.directory.current(), claims),
      policyText: async (versionId) =>
        (await runtime.db.read(() => versionText(versionId))) ?? null,
      versionNow: (sender) => resolve(policies.directory.current(), sender).policy?.versionId ?? '',
      forgotten: (principalId) => drift.forget(principalId),
      reach() {
        const { members, accounts, enrolments } = policies.directory.current()
        const active = [...members.values()].filter(({ status }) => status === 'active')
        return {
          members: active.length,
          serviceAccounts: accounts.size,
          enrolments: enrolments.size,
        }
      },
      groupsOf: (memberId) => policies.directory.current().memberGroups.get(memberId) ?? [],
      outboundExceptions: exceptions,
    },
    ingestAside,
  )
  const delivery = createDelivery(runtime, {
    directory: policies.directory,
    bearers: clients.bearers,
    telemetry: { ...telemetry.fragments, onChange: telemetry.onChange },
    events: telemetry.takeEvents,
    changeSets: policies,
    groupById,
    dataDir: config.data,
    outageMaxAge: config.outageMaxAge,
    seen: policies.seen,
    used: (use) => {
      audit.used(use)
    },
    localCa: caCertificate,
  })
  const notify: Notify = createNotify(runtime, {
    mailer,
    siteUrl: config.siteUrl,
    fixedExceptions: config.outboundExceptions,
    report: (snapshotId, options) => watch.report(snapshotId, options),
  })
  const watch: Watch = createWatch(
    runtime,
    {
      announce: notify.announce,
      publishedPolicies: () => publishedPolicies(policies),
      fixedExceptions: config.outboundExceptions,
      chromium: config.chromium,
      version,
    },
    aside,
  )
  const audit: Audit = createAudit(
    runtime,
    {
      mailer,
      siteUrl: config.siteUrl,
      webhooks: notify.endpoints,
      archives: {
        all: () => compliance.archives.all(),
        put: (id, path, text) => compliance.archives.put(id, path, text),
      },
      *holderOf(kind, id) {
        const { members, accounts, enrolments } = policies.directory.current()
        if (kind !== 'access-token') {
          const enrolment = enrolments.get(id)
          return enrolment && { id, label: enrolment.label }
        }
        const client = yield* liveClient(id)
        const member = members.get(client?.member_id ?? '')
        if (member) return { id: member.id, label: member.email }
        const account = accounts.get(client?.account_id ?? '')
        return account && { id: account.id, label: account.label }
      },
    },
    aside,
  )
  const drift: Drift = createDrift(
    runtime,
    {
      labelOf(kind, id) {
        const { members, accounts, enrolments } = policies.directory.current()
        if (kind === 'member') return members.get(id)?.email
        return (kind === 'enrolment' ? enrolments : accounts).get(id)?.label
      },
      webhooks: notify.endpoints,
      mailer,
      siteUrl: config.siteUrl,
    },
    questionAside,
  )
  const alerts: Alerts = createAlerts(runtime, {
    webhooks: notify.endpoints,
    mailer,
    siteUrl: config.siteUrl,
    aside: questionAside,
  })
  const requests: Requests = createRequests(runtime, {
    mailer,
    siteUrl: config.siteUrl,
    canSignIn: signin.canSignIn,
    ruleOf,
    changeMembership: access.changeMembership,
    giveRole: access.giveRole,
  })
  const scim: Scim = createScim(runtime, {
    provisioning: access.provisioning,
    // Committed: a database that goes away now is no reason to tell the provider that it was not.
    settle: () => policies.directory.refresh().catch(() => undefined),
  })
  const workspace = createWorkspace({
    features: () => features,
    mailer,
    touch: policies.touch,
    *memberOf(id) {
      const member = yield* memberById(id)
      return member && { label: member.email, active: member.status === 'active' }
    },
    clock: runtime.clock,
  })
  const compliance: Compliance = createCompliance(
    runtime,
    {
      dataDir: config.data,
      siteUrl: config.siteUrl,
      version,
      exceptions,
      *labelOf(id) {
        const member = yield* memberById(id)
        if (member) return member.email
        const others = [...(yield* enrolmentPrincipals()), ...(yield* clients.serviceAccounts())]
        return others.find((other) => other.id === id)?.label
      },
      subjects: () => subjectsOf(policies),
      settled: audit.settled,
    },
    aside,
  )
  const features: readonly Feature[] = [
    workspace,
    access,
    signin,
    policies,
    clients,
    telemetry,
    delivery,
    watch,
    scim,
    notify,
    requests,
    audit,
    compliance,
    createAnalytics(runtime, questionAside),
    drift,
    alerts,
  ]
  return { features, access, signin, policies, telemetry, delivery, watch, scim, audit }
}

/** Everybody whom a legal hold or an erasure can be about. */
function* subjectsOf({ directory }: Policies): Work<readonly Subject[]> {
  const { members, accounts, enrolments } = yield* directory.present()
  return [
    ...[...members.values()].map(({ id, email }) => ({
      id,
      label: email,
      kind: 'member' as const,
    })),
    ...[...accounts.values()].map(({ id, label }) => ({
      id,
      label,
      kind: 'service_account' as const,
    })),
    ...[...enrolments.values()].map(({ id, label }) => ({ id, label, kind: 'enrolment' as const })),
  ]
}

function* publishedPolicies({ directory }: Policies): Work<readonly PublishedPolicy[]> {
  return [...(yield* directory.present()).policies.values()]
}

/** Who sends telemetry with such a token, as long as the client or enrolment is in use. */
async function senderOf(
  db: Db,
  snapshot: Snapshot,
  { kind, id, principalId }: IngestClaims,
): Promise<Sender | undefined> {
  if (kind === 'enrolment') return snapshot.enrolments.get(id)
  // Memory has the clients whose access tokens are valid; who reports may be one that has to renew its own.
  const client = await db.read(() => liveClient(id))
  if (client === undefined || (client.member_id ?? client.account_id) !== principalId)
    return undefined
  const account = snapshot.accounts.get(principalId)
  if (account) return account.status === 'active' ? account : undefined
  const member = snapshot.members.get(principalId)
  return member?.status === 'active' ? memberPrincipal(snapshot, member) : undefined
}

/** Who has fetched what, of those who fetch by an enrolment and of those who are signed in. */
const fetches: FetchRecords = {
  *servedTo(versionId, since) {
    const served = new Map<string, number>()
    for (const [id, at] of yield* enrolmentsServedTo(versionId, since))
      served.set(`enrolment ${id}`, at)
    for (const { principal_id, last } of yield* principalsServed(versionId, since))
      served.set(`${kindOf(principal_id)} ${principal_id}`, last ?? 0)
    return served
  },
  *lastFetches(principals) {
    const ids = (kind: string) => principals.filter((p) => p.kind === kind).map((p) => p.id)
    const found = new Map<string, { readonly at: number; readonly version: number | null }>()
    for (const [id, last] of yield* lastFetches(ids('enrolment')))
      found.set(`enrolment ${id}`, last)
    for (const kind of ['member', 'service_account'])
      for (const { principal_id, at, served } of yield* lastServedOf(ids(kind)))
        found.set(`${kind} ${principal_id}`, { at, version: servedVersion(served) })
    return found
  },
}
