import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core'
import { cssVariablesResolver, theme } from './theme.ts'

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
function contrast(a: string, b: string): number {
  const [bright, dim] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (bright! + 0.05) / (dim! + 0.05)
}

const whole = mergeMantineTheme(DEFAULT_THEME, theme)
const { light, dark } = cssVariablesResolver(whole)
const meanings = ['added', 'removed', 'changed', 'forbidden', 'prompt', 'allowed', 'drift']

describe.each([
  ['light', light, '#ffffff'],
  ['dark', dark, '#131417'],
])('colours of the %s scheme (WCAG 2.2, 1.4.3 and 1.4.11)', (_, vars, body) => {
  const of = (name: string) => {
    const value = (vars as Record<string, string | undefined>)[name]
    if (value?.startsWith('#') !== true) throw new Error(`${name} is no plain colour`)
    return value
  }
  const grounds = [body, of('--gh-surface'), of('--gh-hover'), of('--gh-selected')]

  it('text can be read on every ground it stands on', () => {
    for (const name of ['text', 'dimmed', 'anchor', 'error'])
      for (const ground of grounds)
        expect([name, ground, contrast(of(`--mantine-color-${name}`), ground) >= 4.5]).toEqual([
          name,
          ground,
          true,
        ])
  })

  it('a word with a meaning can be read on its own ground, and plain text on every difference', () => {
    for (const meaning of meanings)
      expect([meaning, contrast(of(`--gh-${meaning}`), of(`--gh-${meaning}-bg`)) >= 4.5]).toEqual([
        meaning,
        true,
      ])
    for (const ground of ['added-bg', 'added-word', 'removed-bg', 'removed-word'])
      expect(contrast(of('--mantine-color-text'), of(`--gh-${ground}`))).toBeGreaterThanOrEqual(4.5)
  })

  it('the edge of a control stands out from the page', () => {
    expect(contrast(of('--gh-control-line'), body)).toBeGreaterThanOrEqual(3)
  })
})

it('white on a filled button can be read, in both schemes', () => {
  const shades = Object.values(theme.primaryShade as object) as number[]
  expect(shades).toHaveLength(2)
  for (const colour of ['accent', 'red', 'green', 'yellow'])
    for (const shade of shades)
      expect([colour, shade, contrast('#ffffff', whole.colors[colour]![shade]!) >= 4.5]).toEqual([
        colour,
        shade,
        true,
      ])
})

it('pages without JavaScript have the same colours', () => {
  const css = readFileSync(
    new URL('../features/watch/read/plain/plain.css', import.meta.url),
    'utf8',
  )
  const [first, second] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([block]) => {
    const colours = block.matchAll(/(--gh-[a-z-]+): (#[0-9a-f]{6});/g)
    return Object.fromEntries([...colours].map(([, name, value]) => [name ?? '', value ?? '']))
  })
  expect(Object.keys(first ?? {})).toHaveLength(9)
  expect(light).toMatchObject(first ?? {})
  expect(Object.keys(second ?? {})).toHaveLength(9)
  expect(dark).toMatchObject(second ?? {})
})
