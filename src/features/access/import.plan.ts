import { createHash } from 'node:crypto'
import type { ImportError, ImportLine } from './import.csv.ts'
import { emailKey, nameKey } from './identity.ts'
import { mayAct, refusalProblem, type Act } from './may.ts'
import type { Acting } from './members.ts'
import type { EverybodysRights } from './rights.everybody.ts'
import { administrationOf } from './roles/held.ts'
import { groupName, type ImportPreview, type Member, type RoleKey } from './schema.ts'

/** The workspace as the plan sees it. */
export interface ImportGround {
  /** By `emailKey`. */
  readonly members: ReadonlyMap<string, Member>
  /** By `nameKey`. */
  readonly groups: ReadonlyMap<
    string,
    { readonly id: string; readonly name: string; readonly source: string }
  >
  /** Member id → ids of her groups. */
  readonly groupsOf: ReadonlyMap<string, ReadonlySet<string>>
  readonly rights: Pick<EverybodysRights, 'potential' | 'ofGroup' | 'byDefault'>
}

export interface PlannedMember {
  readonly line: number
  /** Undefined: she is new. */
  readonly member: Member | undefined
  readonly email: string
  readonly name: string
  readonly role: RoleKey
  /** `nameKey`s of the groups that she is not in yet. */
  readonly joins: readonly string[]
  /** What changes, in words. */
  readonly changes: readonly string[]
}

export interface ImportPlan {
  readonly rows: readonly PlannedMember[]
  /** Names as first written, by `nameKey`. */
  readonly newGroups: ReadonlyMap<string, string>
  readonly errors: readonly ImportError[]
}

/** What an import would do. Pure; with any error nothing of it is done. An import adds and changes, it never removes. */
export function planImport(
  lines: readonly ImportLine[],
  ground: ImportGround,
  actor: Acting,
  createGroups: boolean,
): ImportPlan {
  const errors: ImportError[] = []
  const newGroups = new Map<string, string>()
  const rows: PlannedMember[] = []
  for (const line of lines) {
    const complain = (column: string, code: ImportError['code'], message: string): void => {
      errors.push({ line: line.line, column, code, message })
    }
    for (const name of line.groups) {
      const group = ground.groups.get(nameKey(name))
      if (group?.source === 'scim')
        complain('groups', 'provisioned', `${group.name} is kept by the identity provider.`)
      if (group) continue
      if (!groupName.safeParse(name).success)
        complain('groups', 'bad_group', 'A group name is one line of at most 100 characters.')
      else if (createGroups) newGroups.set(nameKey(name), newGroups.get(nameKey(name)) ?? name)
      else complain('groups', 'unknown_group', `There is no group ${JSON.stringify(name)}.`)
    }
    const row = planRow(line, ground)
    if (row.member?.status === 'archived')
      complain('email', 'archived_member', `${row.email} is archived. Restore the member first.`)
    if (row.member?.source === 'scim' && row.changes.length > 0)
      complain('email', 'provisioned', `${row.email} is kept by the identity provider.`)
    for (const act of actsOf(row, ground)) {
      const refusal = mayAct(actor, act)
      if (!refusal) continue
      const column = act.kind === 'manage_member' ? 'email' : 'role'
      complain(column, 'exceeds_own_rights', refusalProblem(refusal).message)
      break
    }
    rows.push(row)
  }
  return { rows, newGroups, errors }
}

function planRow(line: ImportLine, ground: ImportGround): PlannedMember {
  const member = ground.members.get(emailKey(line.email))
  const held = member ? ground.groupsOf.get(member.id) : undefined
  const joins = line.groups.filter((name) => {
    const group = ground.groups.get(nameKey(name))
    return !group || held?.has(group.id) !== true
  })
  const name = line.name ?? member?.name ?? ''
  const role = line.role ?? member?.role ?? 'member'
  const changes = [
    ...(member && name !== member.name ? [`name: ${member.name} → ${name}`] : []),
    ...(member && role !== member.role ? [`role: ${member.role} → ${role}`] : []),
    ...joins.map((g) => `joins ${g}`),
  ]
  return {
    line: line.line,
    member,
    email: member?.email ?? line.email,
    name,
    role,
    joins: joins.map(nameKey),
    changes,
  }
}

/** The same acts that a person would do one by one, so that a file can do nothing that its sender may not. */
function actsOf(row: PlannedMember, { groups, rights }: ImportGround): readonly Act[] {
  const { member } = row
  const grants = row.joins.flatMap((key) => rights.ofGroup(groups.get(key)?.id ?? ''))
  const joins: readonly Act[] = row.joins.length > 0 ? [{ kind: 'join_group', grants }] : []
  const grantsToAll = administrationOf(rights.byDefault)
  if (!member) return [{ kind: 'add_member', role: row.role, grants: grantsToAll }, ...joins]
  const holds = rights.potential(member)
  return [
    ...(row.name === member.name ? [] : [{ kind: 'manage_member' as const, holds }]),
    ...(row.role === member.role ? [] : [{ kind: 'change_role' as const, holds, role: row.role }]),
    ...joins,
  ]
}

const isUnchanged = (row: PlannedMember): boolean =>
  row.member !== undefined && row.changes.length === 0

/** Two files, or two states of the workspace, with the same hash do the same. */
export function planHash(plan: ImportPlan, touches: number): string {
  const essence = [
    touches,
    [...plan.newGroups],
    plan.rows
      .filter((r) => !isUnchanged(r))
      .map((r) => [r.member?.id ?? '', r.member?.version ?? 0, r.email, r.name, r.role, r.joins]),
  ]
  return createHash('sha256').update(JSON.stringify(essence)).digest('hex').slice(0, 32)
}

export function previewOf(
  plan: ImportPlan,
  errors: readonly ImportError[],
  touches: number,
): ImportPreview {
  const unchanged = plan.rows.filter(isUnchanged).length
  const creates = plan.rows.filter((r) => !r.member).length
  return {
    hash: planHash(plan, touches),
    creates,
    updates: plan.rows.length - creates - unchanged,
    unchanged,
    newGroups: [...plan.newGroups.values()],
    memberships: plan.rows.reduce((sum, r) => sum + r.joins.length, 0),
    touches,
    errors: errors.slice(0, 200).map((e) => ({ ...e })),
    errorCount: errors.length,
    sample: plan.rows.slice(0, 100).map((r) => ({
      line: r.line,
      act: isUnchanged(r) ? 'unchanged' : r.member ? 'update' : 'create',
      email: r.email,
      name: r.name,
      role: r.role,
      changes: [...r.changes],
    })),
  }
}
