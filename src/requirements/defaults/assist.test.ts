import { describe, expect, it } from 'vitest'
import { completionsAt } from '../assist/complete.ts'
import { hoverAt } from '../assist/hover.ts'
import { DEFAULTS } from './schema.ts'

const offered = (text: string): readonly string[] =>
  completionsAt(text, text.length, DEFAULTS).options.map(({ label }) => label)

describe('somebody who writes defaults', () => {
  it('is offered keys of config.toml, and none of the requirements', () => {
    const keys = offered('')
    expect(keys).toContain('model_verbosity')
    expect(keys).not.toContain('allowed_sandbox_modes')
    // Refused by the client, so nobody is led to it.
    expect(keys).not.toContain('profile')
  })

  it('is offered the values of a key', () => {
    expect(offered('model_verbosity = ')).toEqual(
      expect.arrayContaining([expect.stringContaining('low'), expect.stringContaining('high')]),
    )
  })

  it('is told what a key means', () => {
    expect(hoverAt('[tui]\ntheme = "x"\n', 8, DEFAULTS)).toMatchObject({
      key: 'tui.theme',
      about: 'The colours of code.',
    })
  })
})
