import { Problem, type ProblemItem } from '#kernel/problem.ts'
import { compileRules } from '../noise/rules.ts'
import type { CollectionChange, ExtractSettings, Source } from '../schema.ts'
import { scheduleComplaint } from './schedule.ts'

/** Words that stand where a vendor would, in addresses of the API. */
const reserved = new Set(['collections', 'preview', 'discover', 'exceptions'])

/** Throws `invalid_input` for a vendor whose address would be another one's. */
export function refuseReserved(vendor: string): void {
  if (reserved.has(vendor))
    throw refusal('The vendor’s name is taken.', [
      { field: 'vendor', message: `${vendor} stands for something else in addresses.` },
    ])
}

/** What the shapes cannot say: schedules, selectors, patterns and addresses that would not work. Throws `invalid_input`. */
export async function refuseUnusable(settings: Omit<CollectionChange, 'revision'>): Promise<void> {
  const schedule = scheduleComplaint(settings.schedule)
  const errors: ProblemItem[] = [
    ...(schedule ? [{ field: `schedule.${schedule.field}`, message: schedule.message }] : []),
    ...(await selectorComplaints(settings.extract, 'extract')),
    ...settings.sources.flatMap((source, i) => sourceComplaints(source, `sources.${i}`)),
    ...repeated(settings.sources.map((s) => s.id)),
  ]
  if (errors.length > 0) throw refusal('Some settings cannot be used.', errors)
  compileRules(settings.ignore, null)
}

export async function selectorComplaints(
  extract: ExtractSettings,
  field: string,
): Promise<readonly ProblemItem[]> {
  if (extract.keep.length + extract.remove.length === 0) return []
  const { checkSelector } = await import('../extract/select.ts')
  return (['keep', 'remove'] as const).flatMap((use) =>
    extract[use].flatMap((selector, i) => {
      const message = checkSelector(selector)
      return message === null ? [] : [{ field: `${field}.${use}.${i}`, message }]
    }),
  )
}

function sourceComplaints(source: Source, field: string): readonly ProblemItem[] {
  const addresses: readonly (readonly [string, string])[] =
    source.kind === 'urls'
      ? source.urls.map((url, i) => [`urls.${i}`, url] as const)
      : [['url', source.url]]
  const withPrefix: readonly (readonly [string, string])[] =
    'prefix' in source && source.prefix !== undefined
      ? [...addresses, ['prefix', source.prefix]]
      : addresses
  return withPrefix.flatMap(([name, address]) => {
    const { username, password } = new URL(address)
    return username === '' && password === ''
      ? []
      : [
          {
            field: `${field}.${name}`,
            message: 'Leave name and password out of the address; store them as a secret header.',
          },
        ]
  })
}

function repeated(ids: readonly (string | undefined)[]): readonly ProblemItem[] {
  return ids.flatMap((id, i) =>
    id !== undefined && ids.indexOf(id) !== i
      ? [{ field: `sources.${i}.id`, message: 'Two sources have this id.' }]
      : [],
  )
}

function refusal(detail: string, errors: readonly ProblemItem[]): Problem {
  return new Problem('invalid_input', detail, {
    remedy: 'Correct the fields that are marked.',
    errors,
  })
}

/** Throws `invalid_input` for a source that is tried on its own. */
export function refuseUnusableSource(source: Source): void {
  const errors = sourceComplaints(source, 'source')
  if (errors.length > 0) throw refusal('This source cannot be used.', errors)
}
