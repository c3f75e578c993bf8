import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cefOf } from './cef.ts'
import type { LogLine } from './log-line.ts'
import { ocsfOf } from './ocsf.ts'
import { syslogMessage } from './syslog.ts'

const line = (more: object = {}): LogLine => ({
  event_id: 'aud_1',
  event_type: 'AUTH_LOG',
  received_at: '2026-01-05T09:00:00.000Z',
  workspace_id: 'wsp_1',
  commitment: 'ab',
  timestamp: '2026-01-05T08:59:59.000Z',
  action: 'session.start',
  actor: { type: 'session', id: 'mem_1', label: 'ada@acme.example' },
  target: { type: 'member', id: 'mem_1', label: 'ada@acme.example' },
  ip: '192.0.2.7',
  ...more,
})
const ocsf = (of: LogLine): unknown => JSON.parse(ocsfOf(of, '1'))

describe('OCSF', () => {
  it('says a sign-in as Authentication, a sign-out too, and acts as API Activity', () => {
    expect(ocsf(line())).toMatchObject({
      class_uid: 3002,
      activity_id: 1,
      type_uid: 300_201,
      time: Date.UTC(2026, 0, 5, 8, 59, 59),
      user: { uid: 'mem_1', name: 'ada@acme.example' },
      src_endpoint: { ip: '192.0.2.7' },
      metadata: { uid: 'aud_1', log_name: 'AUTH_LOG', logged_time: Date.UTC(2026, 0, 5, 9) },
    })
    expect(ocsf(line({ action: 'session.end' }))).toMatchObject({ activity_id: 2 })
    for (const [action, activity] of [
      ['group.create', 1],
      ['group.change', 3],
      ['group.delete', 4],
    ] as const)
      expect(ocsf(line({ event_type: 'AUDIT_LOG', action }))).toMatchObject({
        class_uid: 6003,
        activity_id: activity,
        api: { operation: action },
      })
    const agent = line({ event_type: 'CODEX_LOG', action: undefined, name: 'codex.tool_result' })
    expect(ocsf(agent)).toMatchObject({ activity_id: 99, api: { operation: 'codex.tool_result' } })
  })

  it('says of a refusal that it failed, and of keys no sign-out', () => {
    const denied = line({ action: 'access.deny' })
    expect(ocsf(denied)).toMatchObject({
      activity_id: 99,
      activity_name: 'access.deny',
      status_id: 2,
      severity_id: 3,
    })
    expect(ocsf(line({ action: 'sso.refuse' }))).toMatchObject({ activity_id: 1, status_id: 2 })
    expect(ocsf(line({ action: 'key.revoke' }))).toMatchObject({ activity_id: 99, status_id: 1 })
    expect(ocsf(line())).toMatchObject({ status_id: 1, severity_id: 1 })
    const agent = line({ event_type: 'CODEX_LOG', action: undefined, name: 'x', outcome: 'denied' })
    expect(ocsf(agent)).toMatchObject({ activity_name: 'x', status_id: 2, severity_id: 3 })
  })

  it('keeps what it has no name for, but not what could undo an erasure', () => {
    const of = ocsf(line({ salt: '00', tokens: { input: 1 } })) as { unmapped: object }
    expect(of.unmapped).toMatchObject({ tokens: { input: 1 }, commitment: 'ab' })
    expect(of.unmapped).not.toHaveProperty('salt')
  })
})

describe('CEF', () => {
  it('lets nothing out of its field, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const message = cefOf(line({ action: text, actor: { label: text } }), '1')
        expect(message).not.toMatch(/\p{Cc}/u)
        const heads =
          /^CEF:0\|Gatehouse\|Gatehouse\|1\|(?:[^|\\]|\\[|\\])*\|(?:[^|\\]|\\[|\\])*\|3\|rt=/u
        expect(message).toMatch(heads)
        const suser = /suser=((?:[^=\\]|\\[=\\n])*) src=/u.exec(message)
        expect(suser).not.toBeNull()
      }),
    )
  })
})

describe('CEF of what an agent reported', () => {
  it('says the machine, the conversation, the tool, the decision and its rule', () => {
    const reported = line({
      event_type: 'CODEX_LOG',
      action: undefined,
      name: 'codex.tool_decision',
      client: { host: 'laptop-7', originator: 'codex_cli_rs' },
      conversation_id: 'c-1',
      tool: 'shell',
      program: 'rm',
      decision: 'denied',
      decided_by: 'config',
      rule: 'rm -rf',
      rule_decision: 'forbidden',
      model: 'm',
      tokens: { input: 12, output: 3 },
      duration_ms: 40,
    })
    const message = cefOf(reported, '1')
    expect(message).toContain('|codex.tool_decision|codex.tool_decision|6|')
    for (const field of [
      'outcome=failure',
      'shost=laptop-7',
      'act=denied',
      'sproc=rm',
      'cs1Label=conversation cs1=c-1',
      'cs2Label=tool cs2=shell',
      'cs3Label=rule cs3=rm -rf',
      'cs5Label=ruleDecision cs5=forbidden',
      'cn1Label=inputTokens cn1=12',
      'cn3Label=durationMs cn3=40',
    ])
      expect(message).toContain(` ${field}`)
  })
})

describe('syslog', () => {
  it('counts bytes, not characters', () => {
    const head = { hostname: 'gatehouse.example', messageId: 'AUTH_LOG', at: 0 }
    const message = syslogMessage(head, 'Zoë').toString()
    const [, length = '', rest = ''] = /^(\d+) (.*)$/.exec(message) ?? []
    expect(Buffer.byteLength(rest)).toBe(Number(length))
    expect(rest).toBe(
      '<110>1 1970-01-01T00:00:00.000Z gatehouse.example gatehouse - AUTH_LOG - Zoë',
    )
  })
})
