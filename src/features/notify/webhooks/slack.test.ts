import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplePage, sampleReport } from '../report.test.samples.ts'
import { slackSteps, slackTrouble } from './slack.ts'

const site = 'https://gatehouse.example'

describe('a message for Slack', () => {
  it('says what changed, with the diff as code', () => {
    const { text, blocks } = slackSteps([sampleReport()], 0, false, site)
    expect(text).toBe('acme/tool docs: Limits changed +3 −2')
    expect(blocks[0]?.text.text).toBe(
      `*<${site}/watch/acme/tool/docs/en/2026-01-05-0900..2026-01-06-0900|acme/tool docs: Limits changed +3 −2>*`,
    )
    expect(blocks[1]?.text.text).toContain(
      '\n```\n@@ -9,3 +9,4 @@ Limits\n # Limits\n-At most 5 of &lt;b',
    )
  })

  it('keeps to the limits of Block Kit, and to its markup, whatever the pages hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 400 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (lines, steps) => {
          const hostile = (text: string): string => `${text}<!channel> & \`\`\` |`
          const rows = lines.map((text, i) => ({
            kind: 'added' as const,
            left: null,
            right: { line: i, text: hostile(text), marks: [] },
          }))
          const diff = {
            ...samplePage().diff!,
            hunks: [{ leftFrom: 1, rightFrom: 1, section: null, rows }],
          }
          const page = samplePage({ title: hostile(lines[0] ?? ''), diff })
          const report = sampleReport({ pages: Array.from({ length: 12 }, () => page), more: 2 })
          const reports = Array.from({ length: steps }, () => report)
          const { text, blocks } = slackSteps(reports, 3, true, site)
          expect(text.length).toBeLessThanOrEqual(4000)
          expect(blocks.length).toBeLessThanOrEqual(50)
          for (const block of blocks) {
            expect(block.text.text.length).toBeGreaterThan(0)
            expect(block.text.text.length).toBeLessThanOrEqual(3000)
            expect(block.text.text).not.toContain('<!channel>')
            const fences = block.text.text.match(/```/g)?.length ?? 0
            expect([0, 2]).toContain(fences)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('says what fails', () => {
    const { text, blocks } = slackTrouble(
      {
        kind: 'trouble',
        collection: { path: 'acme/tool/docs/en', title: 'The tool' },
        subscriptionIds: [],
        failures: [{ page: 'a', url: 'https://d.example/a', failure: 'gone', message: '404' }],
        more: 1,
      },
      site,
    )
    expect(text).toBe('acme/tool docs: 2 addresses cannot be fetched')
    expect(blocks.map((b) => b.text.text)).toEqual([
      `*<${site}/watch/acme/tool/docs/en|${text}>*`,
      '<https://d.example/a|a>: gone\n404',
      'and 1 more',
    ])
  })
})
