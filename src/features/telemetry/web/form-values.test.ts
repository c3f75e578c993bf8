import { describe, expect, it } from 'vitest'
import { telemetrySettings } from '../schema.settings.ts'
import { changeOf, headersIn, valuesOf } from './form-values.ts'

const settings = telemetrySettings.parse({
  version: 3,
  collect: true,
  protocol: 'json',
  environment: 'prod',
  metrics: true,
  traces: false,
  logUserPrompt: false,
  content: { level: 'redacted', patterns: ['a b', 'c'] },
  groups: [{ groupId: 'grp_1', level: 'nothing' }],
  retention: { events: 1, content: 2, traces: 3, sums: 4 },
  relay: { url: 'https://collector.example', headers: ['x-key'] },
  changedAt: 1,
  changedBy: 'x',
})

describe('the form of the settings', () => {
  it('says again what it began with, and keeps headers only for the same collector', () => {
    const { environment, content, groups, retention } = settings
    const same = changeOf(valuesOf(settings), true)
    expect(same).toMatchObject({ environment, content, groups, retention })
    expect(same.relay).toEqual({ url: 'https://collector.example' })
    expect(changeOf(valuesOf(settings), false).relay).toEqual({
      url: 'https://collector.example',
      headers: {},
    })
    expect(changeOf({ ...valuesOf(settings), relayUrl: ' ' }, true).relay).toBeNull()
  })

  it('reads headers line by line, colons in values included', () => {
    expect(headersIn('authorization: Basic a:b\n\nx-tenant:acme\nbroken')).toEqual({
      authorization: 'Basic a:b',
      'x-tenant': 'acme',
      broken: '',
    })
  })
})
