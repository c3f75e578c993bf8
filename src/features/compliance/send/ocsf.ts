import { isNoteworthy, nameOf, outcomeOf, type LogLine } from './log-line.ts'

/** Classes of OCSF 1.3 (schema.ocsf.io): Authentication in "Identity & Access Management", API Activity in "Application Activity". */
const authentication = { category_uid: 3, class_uid: 3002 } as const
const apiActivity = { category_uid: 6, class_uid: 6003 } as const

const other = 99

/** Activities of Authentication: 1 Logon, 2 Logoff. What is done to keys and tokens is neither. */
const authActivities: ReadonlyMap<string, number> = new Map([
  ['client.refuse', 1],
  ['client.sign-in', 1],
  ['session.second-factor', 1],
  ['session.start', 1],
  ['sso.refuse', 1],
  ['client.sign-out', 2],
  ['session.end', 2],
  ['session.end-everywhere', 2],
])

/** Activities of API Activity: 1 Create, 2 Read, 3 Update, 4 Delete. */
function activityOf(line: LogLine): number {
  if (line.event_type === 'AUTH_LOG') return authActivities.get(nameOf(line)) ?? other
  if (line.event_type === 'CODEX_LOG') return other
  const act = nameOf(line).split('.').at(-1) ?? ''
  if (['create', 'add', 'connect', 'import'].includes(act)) return 1
  return ['delete', 'remove', 'revoke', 'disconnect', 'archive'].includes(act) ? 4 : 3
}

/** One event of the Open Cybersecurity Schema Framework, as JSON. What OCSF has no name for stands in `unmapped`. */
export function ocsfOf(line: LogLine, version: string): string {
  const isAuth = line.event_type === 'AUTH_LOG'
  const kind = isAuth ? authentication : apiActivity
  const activity = activityOf(line)
  const failed = outcomeOf(line) === 'failure'
  const { actor, target, ip, timestamp, received_at: received, request_id: request, ...rest } = line
  const user = actor && { uid: actor.id, name: actor.label, type: actor.type }
  return JSON.stringify({
    ...kind,
    activity_id: activity,
    // Required for what OCSF has no number for.
    ...(activity === other ? { activity_name: nameOf(line) } : {}),
    type_uid: kind.class_uid * 100 + activity,
    // 1 Informational, 3 Medium; 1 Success, 2 Failure.
    severity_id: isNoteworthy(line) ? 3 : 1,
    status_id: failed ? 2 : 1,
    status: failed ? 'Failure' : 'Success',
    time: Date.parse(timestamp ?? received) || Date.parse(received),
    metadata: {
      uid: line.event_id,
      version: '1.3.0',
      log_name: line.event_type,
      logged_time: Date.parse(received),
      tenant_uid: line.workspace_id,
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse', version },
      ...(request === undefined ? {} : { correlation_uid: request }),
    },
    ...(isAuth
      ? { user: user ?? { name: 'unknown' } }
      : {
          actor: { user: user ?? { name: 'unknown' } },
          api: { operation: nameOf(line) },
        }),
    ...(ip === undefined ? {} : { src_endpoint: { ip } }),
    ...(target && !isAuth
      ? { resources: [{ uid: target.id, name: target.label, type: target.type }] }
      : {}),
    unmapped: {
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => !heads.has(name))),
      ...(isAuth && target ? { target } : {}),
    },
  })
}

/** Said in `metadata`, or of use to a file only. */
const heads: ReadonlySet<string> = new Set(['event_id', 'event_type', 'workspace_id', 'salt'])
