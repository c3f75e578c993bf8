import { describe, expect, it } from 'vitest'
import { rows, samplePage } from './report.test.samples.ts'
import { clip, unifiedLines, unifiedText } from './unified.ts'

describe('rows as one column', () => {
  it('has what went before what came, block by block', () => {
    expect(unifiedLines(rows).map((l) => `${l.sign}${l.left ?? ''}/${l.right ?? ''}`)).toEqual([
      ' 9/9',
      '-10/',
      '-11/',
      '+/10',
      '+/11',
      '+/12',
    ])
  })

  it('reads as a unified diff', () => {
    expect(unifiedText(samplePage().diff!, 100)).toBe(
      [
        '@@ -9,3 +9,4 @@ Limits',
        ' # Limits',
        '-At most 5 of <b>them</b>.',
        '-Old & gone.',
        '+At most 7 of <b>them</b>.',
        '+New.',
        '+Elsewhere.',
      ].join('\n'),
    )
  })

  it('cuts long lines with their marks, never through a character', () => {
    const line = { sign: '+', left: null, right: 1, text: 'abcd😀efgh', moved: false } as const
    const cut = clip(
      {
        ...line,
        marks: [
          [1, 3],
          [3, 9],
          [8, 9],
        ],
      },
      5,
    )
    expect(cut.text).toBe('abcd…')
    expect(cut.marks).toEqual([
      [1, 3],
      [3, 4],
    ])
    expect(clip({ ...line, marks: [] }, 10).text).toBe(line.text)
  })
})
