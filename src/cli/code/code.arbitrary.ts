import fc from 'fast-check'
import type { CodeFolder } from './folder.ts'

/** Folders for tests. Nothing that runs imports this. */
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/)
// Names and groups are any text that somebody may type; only what differs by more than case is two names.
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((s) => s.trim() !== '')
const lower = (value: string) => value.toLowerCase()

export const arbitraryFolder: fc.Arbitrary<CodeFolder> = fc
  .record({
    policies: fc.uniqueArray(
      fc.record({
        slug,
        name,
        description: fc.string({ unit: 'grapheme', maxLength: 20 }),
        text: fc.constantFrom('', 'allowed_web_search_modes = []\n', '# no more\r\n'),
        defaults: fc.constantFrom('', 'model = "x"\n'),
      }),
      { maxLength: 4, selector: (p) => p.slug },
    ),
    groups: fc.uniqueArray(name, { maxLength: 4, selector: lower }),
    picks: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
    fallback: fc.boolean(),
  })
  .map(({ policies, groups, picks, fallback }) => {
    const distinct = policies.filter(
      (p, i) => policies.findIndex((o) => lower(o.name) === lower(p.name)) === i,
    )
    const pick = (i: number): string => distinct[(picks[i] ?? 0) % distinct.length]?.slug ?? ''
    return {
      policies: new Map(distinct.map(({ slug: key, ...policy }) => [key, policy])),
      rules: distinct.length === 0 ? [] : groups.map((group, i) => ({ group, policy: pick(i) })),
      default: fallback && distinct.length > 0 ? pick(4) : null,
    }
  })
