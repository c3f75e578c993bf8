import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { words } from './act-names.ts'

describe('words for acts', () => {
  it('has one for every act that a route records, and none for acts that do not exist', () => {
    const features = join(import.meta.dirname, '../..')
    const recorded = new Set<string>()
    for (const file of globSync('*/**/routes*.ts', { cwd: features }))
      for (const [, action = ''] of readFileSync(join(features, file), 'utf8').matchAll(
        /audit: ['`]([^'`]+)['`]/g,
      ))
        recorded.add(action)
    // One route is made three times.
    expect(recorded.delete('member.${verb}')).toBe(true)
    for (const verb of ['suspend', 'activate', 'archive']) recorded.add(`member.${verb}`)
    // One more is made twice.
    expect(recorded.delete('device.${act}')).toBe(true)
    for (const act of ['approve', 'deny']) recorded.add(`device.${act}`)
    // Gatehouse itself does these.
    for (const own of [
      'access.deny',
      'access.deny-strangers',
      'alert.end',
      'alert.fire',
      'audit.begin-chain',
      'audit.miss-record',
      'access-token.use',
      'directory.use-token',
      'enrolment.use-key',
      'key.use',
      'compliance.erased',
      'compliance.expire',
      'telemetry.forgotten',
      'webhook.disable',
      'client.refuse',
      'rollout.halt',
      'schedule.miss',
      'schedule.run',
      'client.reused-code',
      'client.reused-token',
      'signing-key.rotate',
      'passkey.clone',
      'sso.create-member',
      'sso.groups',
      'sso.link',
      'sso.refuse',
      'group.end-members',
      'role.end-grant',
      // Steps of an approval within another act.
      'approval.at-once',
      'approval.plan',
      'approval.use',
    ])
      recorded.add(own)
    expect(Object.keys(words).toSorted()).toEqual([...recorded].toSorted())
  })
})
