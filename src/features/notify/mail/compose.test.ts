import { describe, expect, it } from 'vitest'
import { samplePage, sampleReport } from '../report.test.samples.ts'
import { stepsMail, troubleMail } from './compose.ts'

const frame = {
  siteUrl: 'https://gatehouse.example',
  unsubscribe: 'https://gatehouse.example/unsubscribe/gh_uns_x',
}

describe('the mail of a step', () => {
  it('names one page, or counts them', () => {
    const one = stepsMail([sampleReport()], 0, false, frame)
    expect(one.subject).toBe('acme/tool docs: Limits changed +3 −2')
    const pages = [samplePage(), samplePage({ page: 'other' })]
    const report = sampleReport({ pages, more: 1, added: 41, removed: 7 })
    expect(stepsMail([report], 0, false, frame).subject).toBe(
      'acme/tool docs: 3 pages changed +41 −7',
    )
  })

  it('shows the change in both forms, and ways back and out', () => {
    const { text, html } = stepsMail([sampleReport({ keys: 'Two keys are new.' })], 0, false, frame)
    expect(text).toContain('-At most 5 of <b>them</b>.\n-Old & gone.\n+At most 7 of <b>them</b>.')
    expect(html).toContain('At most <del')
    for (const form of [text, html]) {
      expect(form).toContain('Two keys are new.')
      expect(form).toContain(frame.unsubscribe)
      expect(form).toContain('https://gatehouse.example/subscriptions')
      expect(form).toContain(
        'https://gatehouse.example/watch/acme/tool/docs/en/limits/diff/2026-01-05-0900/2026-01-06-0900',
      )
    }
  })

  it('folds steps of several collections into one digest', () => {
    const other = { id: 'col_2', path: 'acme/other/docs/de', title: 'Other' }
    const reports = [sampleReport(), sampleReport({ collection: other, added: 10, removed: 0 })]
    const { subject, text } = stepsMail(reports, 5, true, frame)
    expect(subject).toBe('2 collections: 7 steps +13 −2')
    expect(text).toContain('acme/other docs (de), 2026-01-06 09:00 UTC')
    expect(text).toContain('5 more steps')
  })

  it('stays below what mail clients cut at, however much changed', () => {
    const line = { line: 1, text: `<${'&'.repeat(5000)}`, marks: [] }
    const rows = Array.from({ length: 400 }, () => ({
      kind: 'changed' as const,
      left: line,
      right: line,
    }))
    const diff = {
      ...samplePage().diff!,
      hunks: [{ leftFrom: 1, rightFrom: 1, section: null, rows }],
    }
    const pages = ['a', 'b', 'c'].map((page) => samplePage({ page, diff }))
    const { text, html } = stepsMail([sampleReport({ pages })], 0, false, frame)
    expect(html.length).toBeLessThan(100_000)
    expect(text.length).toBeLessThan(100_000)
    expect(html).toContain('/c/diff/')
  })
})

describe('the mail of trouble', () => {
  it('says what fails and why', () => {
    const failures = [
      { page: 'a', url: 'https://docs.example.com/a', failure: 'timeout', message: 'No <answer>.' },
      { page: null, url: 'https://docs.example.com/llms.txt', failure: 'empty', message: 'Empty.' },
    ]
    const collection = { path: 'acme/tool/docs/en', title: 'The tool' }
    const trouble = { kind: 'trouble', collection, subscriptionIds: [], failures, more: 0 } as const
    const { subject, text, html } = troubleMail(trouble, frame)
    expect(subject).toBe('acme/tool docs: 2 addresses cannot be fetched')
    expect(text).toContain('a: timeout\nhttps://docs.example.com/a\nNo <answer>.')
    expect(html).toContain('No &lt;answer&gt;.')
    expect(html).toContain('The collection')
  })
})
