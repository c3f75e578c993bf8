import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markup, trusted } from './markup.ts'

describe('markup', () => {
  it('escapes text and keeps markup', () => {
    const inner = markup`<b title="${'"x"'}">${'<i>'}</b>`
    expect(markup`<p>${inner}${[inner, trusted('<hr>')]}${null}${7}</p>`.html).toBe(
      '<p><b title="&quot;x&quot;">&lt;i&gt;</b><b title="&quot;x&quot;">&lt;i&gt;</b><hr>7</p>',
    )
  })

  it('never lets text open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { html } = markup`<a href="${text}">${text}</a>`
        expect(html.match(/[<>]/g)).toHaveLength(4)
        expect(html.match(/"/g)).toHaveLength(2)
      }),
    )
  })
})
