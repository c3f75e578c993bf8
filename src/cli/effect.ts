import type { ChangeSet } from '#features/policies/schema.act.ts'
import { printTable } from './print.ts'

/** Whom a change set touches and which keys change, for the terminal. */
export function showEffect(effect: ChangeSet): void {
  console.log(`Touches ${effect.members} members and ${effect.enrolments} enrolments.`)
  for (const change of effect.changes) {
    const name = (side: ChangeSet['changes'][number]['before']) =>
      side ? `${side.name} v${side.version}` : 'no policy'
    console.log(`${change.count} get ${name(change.after)} instead of ${name(change.before)}:`)
    printTable(
      change.keys.map((k) => ({
        key: k.document === 'defaults' ? `${k.key} (default)` : k.key,
        before: k.before ?? null,
        after: k.after ?? null,
      })),
    )
  }
  for (const c of effect.complaints)
    console.log(
      `${c.severity} ${c.document === 'defaults' ? 'defaults ' : ''}${c.line}:${c.column} ${c.message} ${c.effect}`,
    )
}
