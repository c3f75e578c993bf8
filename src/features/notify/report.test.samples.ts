import type { ReportPage, StepReport } from '#features/watch/index.ts'

type Row = NonNullable<ReportPage['diff']>['hunks'][number]['rows'][number]

export const rows: readonly Row[] = [
  {
    kind: 'same',
    left: { line: 9, text: '# Limits', marks: [] },
    right: { line: 9, text: '# Limits', marks: [] },
  },
  {
    kind: 'changed',
    left: { line: 10, text: 'At most 5 of <b>them</b>.', marks: [[8, 9]] },
    right: { line: 10, text: 'At most 7 of <b>them</b>.', marks: [[8, 9]] },
  },
  { kind: 'removed', left: { line: 11, text: 'Old & gone.', marks: [] }, right: null },
  { kind: 'added', left: null, right: { line: 11, text: 'New.', marks: [] } },
  { kind: 'moved', left: null, right: { line: 12, text: 'Elsewhere.', marks: [] } },
]

export function samplePage(change: Partial<ReportPage> = {}): ReportPage {
  const page = change.page ?? 'limits'
  return {
    pageId: `pag_${page}`,
    page,
    title: 'Limits',
    url: `https://docs.example.com/${page}`,
    kind: 'changed',
    added: 3,
    removed: 2,
    link: `/watch/acme/tool/docs/en/${page}/diff/2026-01-05-0900/2026-01-06-0900`,
    cut: false,
    diff: {
      page,
      title: 'Limits',
      url: `https://docs.example.com/${page}`,
      kind: 'changed',
      from: { at: 1, version: '2026-01-05-0900' },
      to: { at: 2, version: '2026-01-06-0900' },
      added: 3,
      removed: 2,
      formattingOnly: false,
      boundary: null,
      leftLines: 20,
      rightLines: 21,
      hunks: [{ leftFrom: 9, rightFrom: 9, section: 'Limits', rows: [...rows] }],
    },
    ...change,
  }
}

export function sampleReport(change: Partial<StepReport> = {}): StepReport {
  return {
    collection: { id: 'col_1', path: 'acme/tool/docs/en', title: 'The tool' },
    snapshotId: 'snp_1',
    at: Date.UTC(2026, 0, 6, 9),
    stamp: '2026-01-06-0900',
    from: '2026-01-05-0900',
    added: 3,
    removed: 2,
    pages: [samplePage()],
    more: 0,
    link: '/watch/acme/tool/docs/en/2026-01-05-0900..2026-01-06-0900',
    keys: null,
    ...change,
  }
}
