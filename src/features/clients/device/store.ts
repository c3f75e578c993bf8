import { first, run, type Work } from '#kernel/work.ts'
import { q, type CodeRow, type DeviceRow } from '../tables.ts'

export function* insertDevice(row: DeviceRow): Work<void> {
  yield* run(q.insertInto('client_devices').values(row))
}

export function* deviceById(id: string): Work<DeviceRow | undefined> {
  return yield* first(q.selectFrom('client_devices').selectAll().where('id', '=', id))
}

export function* deviceByUserCode(userCode: string): Work<DeviceRow | undefined> {
  return yield* first(q.selectFrom('client_devices').selectAll().where('user_code', '=', userCode))
}

/** True for one caller only. */
export function* decideDevice(
  id: string,
  decision: Required<Pick<DeviceRow, 'decision' | 'decided_at' | 'member_id' | 'authenticated_at'>>,
): Work<boolean> {
  const query = q.updateTable('client_devices').set(decision).where('id', '=', id)
  return (yield* run(query.where('decided_at', 'is', null))) === 1
}

export function* setDeviceCode(id: string, codeId: string): Work<void> {
  yield* run(q.updateTable('client_devices').set({ code_id: codeId }).where('id', '=', id))
}

export function* codeById(id: string): Work<CodeRow | undefined> {
  return yield* first(q.selectFrom('client_codes').selectAll().where('id', '=', id))
}

export function* deleteCode(id: string): Work<void> {
  yield* run(q.deleteFrom('client_codes').where('id', '=', id))
}
