import { describe, expect, it } from 'vitest'
import { samplePage, sampleReport } from '../report.test.samples.ts'
import { webhookPayload } from '../schema.ts'
import { digestPayload, stepPayload, testPayload, troublePayload } from './payload.ts'
import { shownUrl } from './address.ts'

const site = 'https://gatehouse.example'
const head = { id: 'dlv_1', at: 1 }

describe('what a webhook is sent', () => {
  it('is what the documented schema says', () => {
    const trouble = {
      kind: 'trouble' as const,
      collection: { path: 'acme/tool/docs/en', title: 'The tool' },
      subscriptionIds: ['sub_1'],
      failures: [{ page: null, url: 'https://d.example/a', failure: 'gone', message: '404' }],
      more: 0,
    }
    for (const payload of [
      stepPayload('dlv_1', sampleReport(), site),
      digestPayload(head, [sampleReport(), sampleReport()], 1, site),
      troublePayload(head, trouble, site),
      testPayload(head, 'CI'),
    ])
      expect(webhookPayload.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload)
  })

  it('says of a step what changed and where to look', () => {
    expect(stepPayload('dlv_1', sampleReport(), site)).toMatchObject({
      type: 'watch.step',
      id: 'dlv_1',
      collection: { path: 'acme/tool/docs/en', link: `${site}/watch/acme/tool/docs/en` },
      stamp: '2026-01-06-0900',
      from: '2026-01-05-0900',
      added: 3,
      removed: 2,
      link: `${site}/watch/acme/tool/docs/en/2026-01-05-0900..2026-01-06-0900`,
      pages: [{ page: 'limits', kind: 'changed', cut: false, hunks: [{ section: 'Limits' }] }],
    })
  })

  it('stays within its bounds and says where it was cut', () => {
    const cell = { line: 1, text: 'x'.repeat(20_000), marks: [[0, 20_000] as [number, number]] }
    const rows = Array.from({ length: 60 }, () => ({
      kind: 'added' as const,
      left: null,
      right: cell,
    }))
    const diff = {
      ...samplePage().diff!,
      hunks: [{ leftFrom: 1, rightFrom: 1, section: null, rows }],
    }
    const pages = ['a', 'b', 'c', 'd'].map((page) => samplePage({ page, diff }))
    const payload = stepPayload('dlv_1', sampleReport({ pages }), site)
    expect(JSON.stringify(payload).length).toBeLessThan(200_000)
    expect(payload.type === 'watch.step' && payload.pages.map((p) => p.hunks !== null)).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(payload.type === 'watch.step' && payload.pages.every((p) => p.cut)).toBe(true)
  })
})

describe('the address of a webhook', () => {
  it('is shown without what lets in who knows it', () => {
    expect(shownUrl('slack', 'https://hooks.chat.example/services/T0/B0/secret')).toBe(
      'https://hooks.chat.example/…',
    )
    expect(shownUrl('signed', 'https://u:p@ci.example/hook?token=1')).toBe(
      'https://ci.example/hook?…',
    )
  })
})
